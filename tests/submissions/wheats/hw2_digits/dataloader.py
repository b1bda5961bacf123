"""DataLoader with two processes, lazy layers, torch.optim also in the loop from scratch."""

import copy
import time

import matplotlib.pyplot as plt
import torch
from sklearn.preprocessing import LabelBinarizer, MinMaxScaler, OneHotEncoder
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def scale_features(X_train, X_test):
    scaler = MinMaxScaler().fit(X_train)
    return tuple(scaler.transform(part) for part in (X_train, X_test))


def one_hot(y_train, y_test):
    encoder = OneHotEncoder(handle_unknown="ignore")
    encoder.fit(y_train[:, None])
    return [encoder.transform(y[:, None]).todense() for y in (y_train, y_test)]


def initializeWeightsAndBiases(num_classes=10, num_features=64):
    bound = 1 / num_features**0.5
    W = torch.empty(num_classes, num_features).uniform_(-bound, bound).requires_grad_()
    b = torch.empty(num_classes).uniform_(-bound, bound).requires_grad_()
    return W, b


def linear_model(W, b, XT):
    return torch.addmm(b, XT, W.T)


def mse_loss(y_pred, y):
    return nn.functional.mse_loss(y_pred, y, reduction="sum") / y_pred.size(0)


def _loop(parameters, predict, criterion, loader, max_epochs, lr, tolerance):
    optimizer = torch.optim.SGD(parameters, lr=lr)
    log, history = [], []
    for epoch in range(max_epochs):
        total, seen = 0.0, 0
        for X, y in loader:
            loss = criterion(predict(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total, seen = total + loss.item() * len(X), seen + len(X)
        history.append(total / seen)
        if epoch % 100 == 0:
            log.append([epoch, history[-1]])
        if len(history) > 1 and abs(history[-1] - history[-2]) <= tolerance:
            return log
    return log


def train_linear_regression_model(
    max_epochs, batch_size, W, b, X_train, y_train, lr, tolerance
):
    loader = DataLoader(TensorDataset(X_train, y_train), batch_size=batch_size, shuffle=False)
    log = _loop(
        [W, b], lambda X: linear_model(W, b, X), mse_loss, loader, max_epochs, lr, tolerance
    )
    return W, b, log


class Linear_Model(nn.Module):
    def __init__(self, num_features=64, num_classes=10):
        super().__init__()
        self.W = nn.Parameter(torch.empty(num_features, num_classes).uniform_(-0.1, 0.1))
        self.b = nn.Parameter(torch.zeros(num_classes))

    def forward(self, X):
        return X @ self.W + self.b


class NN_Model(nn.Module):
    def __init__(self, num_features=64, num_classes=10):
        super().__init__()
        # declared from the output backwards
        self.head = nn.Linear(16, num_classes)
        self.body = nn.Sequential(nn.LazyLinear(32), nn.ReLU(), nn.LazyLinear(16))

    def forward(self, X):
        return self.head(torch.clamp(self.body(X), min=0))


def train_torch_model(model, batch_size, criterion, max_epochs, X_train, y_train, lr, tolerance):
    model = copy.deepcopy(model)
    model.train()
    loader = DataLoader(TensorDataset(X_train, y_train), batch_size=batch_size, num_workers=2)
    log = _loop(model.parameters(), model, criterion, loader, max_epochs, lr, tolerance)
    model.eval()
    return model, log


def accuracy(model, X, y):
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        right = (model(X).max(dim=1).indices == torch.as_tensor(y)).sum()
    model.train(was_training)
    return right / len(X)


def compare_models(X_train, y_train, X_test, y_test, max_epochs, lr, tolerance):
    X, X_new = torch.FloatTensor(X_train), torch.FloatTensor(X_test)
    y, y_new = torch.LongTensor(y_train), torch.LongTensor(y_test)
    hot = torch.FloatTensor(LabelBinarizer().fit_transform(y_train))
    features, classes = X.shape[1], hot.shape[1]

    def scratch(size):
        W, b = initializeWeightsAndBiases(classes, features)
        W, b, _ = train_linear_regression_model(max_epochs, size, W, b, X, hot, lr, tolerance)
        model = nn.Linear(features, classes)
        model.weight, model.bias = nn.Parameter(W.detach()), nn.Parameter(b.detach())
        return model

    def trained(model, size, criterion, target):
        return train_torch_model(model, size, criterion, max_epochs, X, target, lr, tolerance)[0]

    results = {}
    for kind, size in (("gd", len(X)), ("sgd", 64)):
        jobs = {
            "lm_scratch_full_gd" if kind == "gd" else "lm_scratch_sgd": lambda: scratch(size),
            f"lm_torch_full_{kind}_mse": lambda: trained(
                Linear_Model(features, classes), size, nn.MSELoss(), hot
            ),
            f"lm_torch_full_{kind}_ce": lambda: trained(
                Linear_Model(features, classes), size, nn.CrossEntropyLoss(), y
            ),
            f"nn_torch_full_{kind}_ce": lambda: trained(
                NN_Model(features, classes), size, nn.CrossEntropyLoss(), y
            ),
        }
        for name, job in jobs.items():
            clock = time.monotonic()
            model = job()
            results[name] = {
                "seconds": time.monotonic() - clock,
                "test": accuracy(model, X_new, y_new),
                "train": accuracy(model, X, y),
            }
    return results


def plot_accuracies(results):
    names = sorted(results)
    fig = plt.figure()
    ax = fig.add_subplot()
    for part, marker in (("train", "o"), ("test", "s")):
        heights = [100 * float(results[n][part]) for n in names]
        ax.plot(range(len(names)), heights, marker, label=part)
    ax.set_xticks(range(len(names)))
    ax.set_xticklabels(names, rotation=90)
    ax.set_ylabel("accuracy in %")
    ax.legend(loc="lower right")
    return ax
