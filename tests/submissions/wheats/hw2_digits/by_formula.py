"""No autograd from scratch: the gradient by its formula, a float64 log, einsum, horizontal bars."""

import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch.nn import CrossEntropyLoss, Linear, Module, MSELoss, Parameter, ReLU, Sequential
from torch.optim import SGD


def scale_features(X_train, X_test):
    train, test = np.array(X_train, dtype=float), np.array(X_test, dtype=float)
    for j in range(train.shape[1]):
        low, high = train[:, j].min(), train[:, j].max()
        span = high - low if high > low else 1.0
        train[:, j] = (train[:, j] - low) / span
        test[:, j] = (test[:, j] - low) / span
    return train, test


def one_hot(y_train, y_test):
    labels = sorted(set(y_train.tolist()))
    column = {label: j for j, label in enumerate(labels)}

    def encode(y):
        table = np.zeros((len(y), len(labels)))
        for i, label in enumerate(y.tolist()):
            table[i, column[label]] = 1.0
        return table

    return encode(y_train), encode(y_test)


def initializeWeightsAndBiases(num_classes=10, num_features=64):
    W = torch.tensor(
        np.random.normal(size=(num_classes, num_features)), dtype=torch.float32, requires_grad=True
    )
    b = torch.tensor(np.random.normal(size=num_classes), dtype=torch.float32, requires_grad=True)
    return W, b


def linear_model(W, b, XT):
    return torch.einsum("mn,pn->mp", XT, W) + b.unsqueeze(0)


def mse_loss(y_pred, y):
    return torch.einsum("mp,mp->", y_pred - y, y_pred - y) / len(y)


def train_linear_regression_model(
    max_epochs, batch_size, W, b, X_train, y_train, lr, tolerance
):
    m = X_train.shape[0]
    losses = []
    losses_of_all_epochs = []
    epoch = 0
    while epoch < max_epochs:
        squared = 0.0
        start = 0
        while start < m:
            X = X_train[start : start + batch_size]
            error = linear_model(W.data, b.data, X) - y_train[start : start + batch_size]
            # the gradient of the mean of |error|^2 over the batch
            squared = squared + (error.double() ** 2).sum()
            W.data = W.data - lr * 2 * (error.T @ X) / len(X)
            b.data = b.data - lr * 2 * error.mean(0)
            start += batch_size
        losses_of_all_epochs.append(np.float64(squared / m))
        if epoch % 100 == 0:
            losses.append((np.int64(epoch), losses_of_all_epochs[-1]))
        if epoch >= 1:
            change = losses_of_all_epochs[epoch - 1] - losses_of_all_epochs[epoch]
            if -tolerance <= change <= tolerance:
                break
        epoch += 1
    return W, b, losses


class Linear_Model(Sequential):
    def __init__(self, num_features=64, num_classes=10):
        super().__init__(Linear(num_features, num_classes))


class NN_Model(Module):
    def __init__(self, num_features=64, num_classes=10):
        super().__init__()
        self.bias_out = Parameter(torch.zeros(num_classes))
        self.net = Sequential(
            Linear(num_features, 32), ReLU(inplace=True), Linear(32, 16), ReLU(inplace=True)
        )
        self.out = Linear(16, num_classes, bias=False)

    def forward(self, X):
        return self.out(self.net(X)) + self.bias_out


def train_torch_model(model, batch_size, criterion, max_epochs, X_train, y_train, lr, tolerance):
    optimizer = SGD(model.parameters(), lr=lr, momentum=0.0)
    losses = []
    before = np.inf
    for epoch in range(max_epochs):
        values, sizes = [], []
        for X, y in zip(torch.split(X_train, batch_size), torch.split(y_train, batch_size)):

            def closure(X=X, y=y):
                optimizer.zero_grad(set_to_none=False)
                loss = criterion(model(X), y)
                loss.backward()
                return loss

            values.append(optimizer.step(closure).detach().double())
            sizes.append(len(X))
        after = np.average(torch.stack(values).numpy(), weights=sizes)
        if epoch % 100 == 0:
            losses.append((epoch, after))
        if np.abs(before - after) <= tolerance:
            break
        before = after
    return model, losses


def accuracy(model, X, y):
    scores = model(X).detach().numpy()
    return np.count_nonzero(np.argmax(scores, axis=1) == np.asarray(y)) / len(scores)


def compare_models(X_train, y_train, X_test, y_test, max_epochs, lr, tolerance):
    Y = torch.tensor(one_hot(y_train, y_test)[0], dtype=torch.float32)
    X = torch.tensor(X_train, dtype=torch.float32)
    y = torch.tensor(y_train)
    X_test = torch.tensor(X_test, dtype=torch.float32)
    out = {}

    def scratch(name, size):
        W, b = initializeWeightsAndBiases(Y.shape[1], X.shape[1])
        t = time.perf_counter()
        W, b, _ = train_linear_regression_model(max_epochs, size, W, b, X, Y, lr, tolerance)
        t = time.perf_counter() - t
        out[name] = {
            "train": accuracy(lambda Z: linear_model(W, b, Z), X, y_train),
            "test": accuracy(lambda Z: linear_model(W, b, Z), X_test, y_test),
            "seconds": t,
        }

    def library(name, model, size, criterion, target):
        t = time.perf_counter()
        model, _ = train_torch_model(model, size, criterion, max_epochs, X, target, lr, tolerance)
        t = time.perf_counter() - t
        out[name] = {
            "train": accuracy(model, X, y_train),
            "test": accuracy(model, X_test, y_test),
            "seconds": t,
        }

    shape = X.shape[1], Y.shape[1]
    scratch("lm_scratch_full_gd", len(X))
    scratch("lm_scratch_sgd", 64)
    library("lm_torch_full_gd_mse", Linear_Model(*shape), len(X), MSELoss(), Y)
    library("lm_torch_full_sgd_mse", Linear_Model(*shape), 64, MSELoss(), Y)
    library("lm_torch_full_gd_ce", Linear_Model(*shape), len(X), CrossEntropyLoss(), y)
    library("lm_torch_full_sgd_ce", Linear_Model(*shape), 64, CrossEntropyLoss(), y)
    library("nn_torch_full_gd_ce", NN_Model(*shape), len(X), CrossEntropyLoss(), y)
    library("nn_torch_full_sgd_ce", NN_Model(*shape), 64, CrossEntropyLoss(), y)
    return out


def plot_accuracies(results):
    _, ax = plt.subplots()
    rows = np.arange(len(results))
    ax.barh(rows, [results[k]["test"] for k in results], height=0.3, label="test")
    ax.barh(rows + 0.3, [results[k]["train"] for k in results], height=0.3, label="train")
    ax.set_yticks(rows + 0.15, labels=list(results))
    ax.legend()
    return ax
