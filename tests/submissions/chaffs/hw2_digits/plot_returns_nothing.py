"""The Axes are not returned."""
# loses: e
# says: must return the matplotlib axes


def plot_accuracies(results):
    names = list(results)
    _, axes = plt.subplots(figsize=(9, 6), layout="constrained")
    for part in ("train", "test"):
        axes.plot(names, [results[name][part] for name in names], marker="o", label=part)
    axes.set(title="Accuracy of the eight models", xlabel="model", ylabel="accuracy")
    axes.tick_params(axis="x", rotation=90)
    axes.legend()
    plt.show()
