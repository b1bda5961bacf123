"""The eight digit models of HW2 Q2 at the handout's own settings: accuracies and seconds."""

import sys
from pathlib import Path

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reference"))

import hw2_digits

HANDOUT = {  # test accuracy and seconds of the handout's own run, on its GPU machine
    "lm_scratch_full_gd": (0.936, 14.3),
    "lm_scratch_sgd": (0.939, 30.5),
    "lm_torch_full_gd_mse": (0.908, 4.7),
    "lm_torch_full_sgd_mse": (0.942, 14.9),
    "lm_torch_full_gd_ce": (0.961, 46.7),
    "lm_torch_full_sgd_ce": (0.969, 376.8),
    "nn_torch_full_gd_ce": (0.964, 43.0),
    "nn_torch_full_sgd_ce": (0.956, 15.6),
}


def main() -> None:
    """Train the eight models and print them beside the handout's own figures."""
    torch.set_num_threads(1)
    torch.manual_seed(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    digits = load_digits()
    parts = train_test_split(
        digits.data, digits.target, test_size=0.2, random_state=42, stratify=digits.target
    )
    X_train, X_test = hw2_digits.scale_features(parts[0], parts[1])
    results = hw2_digits.compare_models(
        X_train, parts[2], X_test, parts[3], max_epochs=100_000, lr=1e-2, tolerance=1e-6
    )
    print(f"{'model':<24}{'train':>8}{'test':>8}{'floor':>8}{'seconds':>9}{'handout':>9}")
    for name, row in results.items():
        published, seconds = HANDOUT[name]
        floor = published - (published * (1 - published) / len(parts[3])) ** 0.5
        mark = "" if row["test"] >= floor else "  below the floor"
        print(
            f"{name:<24}{row['train']:8.4f}{row['test']:8.4f}{floor:8.4f}"
            f"{row['seconds']:9.1f}{seconds:9.1f}{mark}"
        )
    total = sum(row["seconds"] for row in results.values())
    handout = sum(seconds for _, seconds in HANDOUT.values())
    print(f"{'together':<48}{total:9.1f}{handout:9.1f}  ratio {total / handout:.2f}")


if __name__ == "__main__":
    main()
