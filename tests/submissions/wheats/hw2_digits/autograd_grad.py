"""Functional style: autograd.grad on copies, loss taken at the end of the epoch, grouped bars."""

from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F


def scale_features(X_train, X_test):
    lo, hi = np.min(X_train, axis=0), np.max(X_train, axis=0)
    width = hi - lo
    width[width == 0] = 1

    def transform(X):
        return np.divide(np.subtract(X, lo), width)

    return transform(X_train), transform(X_test)


def one_hot(y_train, y_test):
    classes = np.unique(y_train)
    identity = np.eye(classes.size)
    return identity[np.searchsorted(classes, y_train)], identity[np.searchsorted(classes, y_test)]


def initializeWeightsAndBiases(num_classes=10, num_features=64):
    generator = torch.Generator()
    generator.seed()
    W = torch.randn(num_classes, num_features, generator=generator) / num_features**0.5
    b = torch.randn(num_classes, generator=generator)
    W.requires_grad_(True)
    b.requires_grad_(True)
    return W, b


def linear_model(W, b, XT):
    return F.linear(XT, W, b)


def mse_loss(y_pred, y):
    return (y_pred - y).pow(2).sum(dim=1).mean()


def _batches(m, size):
    return [slice(start, min(start + size, m)) for start in range(0, m, size)]


def train_linear_regression_model(
    max_epochs, batch_size, W, b, X_train, y_train, lr, tolerance
):
    params = [W.detach().clone().requires_grad_(), b.detach().clone().requires_grad_()]
    losses, last = [], None
    for epoch in range(max_epochs):
        for part in _batches(len(X_train), batch_size):
            loss = mse_loss(linear_model(*params, X_train[part]), y_train[part])
            # new leaves for every batch: the graph of the last one is let go
            grads = torch.autograd.grad(loss, params)
            params = [(p - lr * g).detach().requires_grad_() for p, g in zip(params, grads)]
        with torch.no_grad():
            now = float(mse_loss(linear_model(*params, X_train), y_train))
        if epoch % 100 == 0:
            losses.append((epoch, now))
        if last is not None and abs(last - now) <= tolerance:
            break
        last = now
    return params[0], params[1], losses


class Linear_Model(torch.nn.Module):
    def __init__(self, num_features=64, num_classes=10):
        super().__init__()
        self.output = torch.nn.Linear(num_features, num_classes)

    def forward(self, x):
        return self.output(x)


class NN_Model(torch.nn.Module):
    def __init__(self, num_features=64, num_classes=10):
        super().__init__()
        sizes = [num_features, 32, 16, num_classes]
        self.layers = torch.nn.ModuleList(
            torch.nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])
        )

    def forward(self, x):
        *hidden, last = self.layers
        for layer in hidden:
            x = F.relu(layer(x))
        return last(x)


def train_torch_model(model, batch_size, criterion, max_epochs, X_train, y_train, lr, tolerance):
    optimizer = torch.optim.SGD(model.parameters(), lr)
    losses, last = [], None
    for epoch in range(max_epochs):
        for part in _batches(len(X_train), batch_size):
            model.zero_grad()
            criterion(model(X_train[part]), y_train[part]).backward()
            optimizer.step()
        with torch.no_grad():
            now = float(criterion(model(X_train), y_train))
        if epoch % 100 == 0:
            losses.append((epoch, now))
        if last is not None and abs(last - now) <= tolerance:
            break
        last = now
    return model, losses


@torch.no_grad()
def accuracy(model, X, y):
    return torch.mean((model(X).argmax(1) == y).float()).item()


def compare_models(X_train, y_train, X_test, y_test, max_epochs, lr, tolerance):
    hot, _ = one_hot(y_train, y_test)
    X, X2 = (torch.from_numpy(np.asarray(a, dtype=np.float32)) for a in (X_train, X_test))
    Y = torch.from_numpy(hot.astype(np.float32))
    y, y2 = torch.as_tensor(y_train), torch.as_tensor(y_test)
    n, k = X.shape[1], Y.shape[1]
    results = {}
    for key in (
        "lm_scratch_full_gd lm_scratch_sgd lm_torch_full_gd_mse lm_torch_full_sgd_mse "
        "lm_torch_full_gd_ce lm_torch_full_sgd_ce nn_torch_full_gd_ce nn_torch_full_sgd_ce"
    ).split():
        size = 64 if "sgd" in key else len(X)
        begin = perf_counter()
        if "scratch" in key:
            W, b = initializeWeightsAndBiases(k, n)
            W, b, _ = train_linear_regression_model(max_epochs, size, W, b, X, Y, lr, tolerance)

            def predict(inputs, W=W, b=b):
                return linear_model(W, b, inputs)

        else:
            predict = (NN_Model if key.startswith("nn") else Linear_Model)(n, k)
            squared = key.endswith("mse")
            criterion = torch.nn.MSELoss() if squared else torch.nn.CrossEntropyLoss()
            train_torch_model(
                predict, size, criterion, max_epochs, X, Y if squared else y, lr, tolerance
            )
        took = perf_counter() - begin
        train, test = accuracy(predict, X, y), accuracy(predict, X2, y2)
        results[key] = dict(train=train, test=test, seconds=took)
    return results


def plot_accuracies(results):
    figure, ax = plt.subplots()
    place = np.arange(len(results))
    ax.bar(place - 0.2, [row["train"] for row in results.values()], 0.4, label="train")
    ax.bar(place + 0.2, [row["test"] for row in results.values()], 0.4, label="test")
    ax.set_xticks(place, list(results), rotation=45, ha="right")
    ax.set_ylabel("accuracy")
    ax.legend()
    return ax
