"""Follows the handout's own cells: scikit-learn, slices by batch number, backward and zero_."""

import math
import time

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.metrics import accuracy_score
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder

device = "cuda" if torch.cuda.is_available() else "cpu"


def scale_features(X_train, X_test):
    scaler = MinMaxScaler()
    scaler.fit(X_train)
    return scaler.transform(X_train), scaler.transform(X_test)


def one_hot(y_train, y_test):
    encoder = OneHotEncoder()
    # fit on train, only transform test
    Y_train = encoder.fit_transform(y_train.reshape(-1, 1)).toarray()
    Y_test = encoder.transform(y_test.reshape(-1, 1)).toarray()
    return Y_train, Y_test


def initializeWeightsAndBiases(num_classes=10, num_features=64):
    W = torch.rand((num_classes, num_features), requires_grad=True, dtype=torch.float32)
    b = torch.rand(num_classes, requires_grad=True, dtype=torch.float32)
    return W, b


def linear_model(W, b, XT):
    return torch.matmul(XT, W.t()) + b


def mse_loss(y_pred, y):
    diff = y_pred - y
    return torch.sum(diff * diff) / diff.shape[0]


def train_linear_regression_model(
    max_epochs, batch_size, W, b, X_train, y_train, lr, tolerance
):
    losses = []
    prev_loss = float("inf")
    number_of_batches = math.ceil(len(X_train) / batch_size)
    for epoch in range(max_epochs):
        epoch_loss = 0.0
        for i in range(number_of_batches):
            X_batch = X_train[i * batch_size : (i + 1) * batch_size]
            y_batch = y_train[i * batch_size : (i + 1) * batch_size]
            y_pred = linear_model(W, b, X_batch)
            loss = mse_loss(y_pred, y_batch)
            loss.backward()
            # a step of gradient descent, which must not be recorded itself
            with torch.no_grad():
                W -= lr * W.grad
                b -= lr * b.grad
            W.grad.zero_()
            b.grad.zero_()
            epoch_loss += loss.item() * len(X_batch) / len(X_train)
        if epoch % 100 == 0:
            losses.append((epoch, epoch_loss))
            if epoch % 5000 == 0:
                print("Epoch: {}, Loss: {}".format(epoch, epoch_loss))
        if abs(prev_loss - epoch_loss) <= tolerance:
            break
        else:
            prev_loss = epoch_loss
    return W, b, losses


class Linear_Model(torch.nn.Module):
    def __init__(self, num_features=64, num_classes=10):
        super(Linear_Model, self).__init__()
        self.linear = torch.nn.Linear(num_features, num_classes, bias=True)

    def forward(self, X):
        output = self.linear(X)
        return output


class NN_Model(torch.nn.Module):
    def __init__(self, num_features=64, num_classes=10):
        super(NN_Model, self).__init__()
        self.linear1 = torch.nn.Linear(num_features, 32)
        self.linear2 = torch.nn.Linear(32, 16)
        self.linear3 = torch.nn.Linear(16, num_classes)
        self.relu = torch.nn.ReLU()

    def forward(self, X):
        out1 = self.relu(self.linear1(X))
        out2 = self.relu(self.linear2(out1))
        return self.linear3(out2)


def train_torch_model(model, batch_size, criterion, max_epochs, X_train, y_train, lr, tolerance):
    losses = []
    prev_loss = float("inf")
    number_of_batches = math.ceil(len(X_train) / batch_size)
    model = model.to(device)
    optimizer = torch.optim.SGD(params=model.parameters(), lr=lr)
    for epoch in range(max_epochs):
        epoch_loss = 0.0
        for i in range(number_of_batches):
            X_batch = X_train[i * batch_size : (i + 1) * batch_size]
            y_batch = y_train[i * batch_size : (i + 1) * batch_size]
            optimizer.zero_grad()
            y_pred = model(X_batch)
            loss = criterion(y_pred, y_batch)
            loss.backward()
            optimizer.step()
            epoch_loss += loss.item() * len(X_batch) / len(X_train)
        if epoch % 100 == 0:
            losses.append((epoch, epoch_loss))
        if abs(prev_loss - epoch_loss) <= tolerance:
            break
        else:
            prev_loss = epoch_loss
    return model, losses


def accuracy(model, X, y):
    predictions = model(X).to("cpu")
    y_pred = torch.argmax(predictions, dim=1).numpy()
    return accuracy_score(y_pred, np.asarray(y))


def compare_models(X_train, y_train, X_test, y_test, max_epochs, lr, tolerance):
    Y_train, _ = one_hot(y_train, y_test)
    X_train_torch = torch.tensor(X_train, dtype=torch.float32, device=device)
    X_test_torch = torch.tensor(X_test, dtype=torch.float32, device=device)
    Y_train_torch = torch.tensor(Y_train, dtype=torch.float32, device=device)
    y_train_torch = torch.tensor(y_train, dtype=torch.long, device=device)
    num_features = X_train.shape[1]
    num_classes = Y_train.shape[1]
    tracker = {}

    for name, batch_size in [("lm_scratch_full_gd", len(X_train)), ("lm_scratch_sgd", 64)]:
        W, b = initializeWeightsAndBiases(num_classes, num_features)
        start = time.time()
        W, b, losses = train_linear_regression_model(
            max_epochs, batch_size, W, b, X_train_torch, Y_train_torch, lr, tolerance
        )
        end = time.time()
        train_pred = torch.argmax(linear_model(W, b, X_train_torch), dim=1).numpy()
        test_pred = torch.argmax(linear_model(W, b, X_test_torch), dim=1).numpy()
        tracker[name] = {
            "train": accuracy_score(y_train, train_pred),
            "test": accuracy_score(y_test, test_pred),
            "seconds": end - start,
        }

    settings = [
        ("lm_torch_full_gd_mse", Linear_Model, torch.nn.MSELoss(), len(X_train)),
        ("lm_torch_full_sgd_mse", Linear_Model, torch.nn.MSELoss(), 64),
        ("lm_torch_full_gd_ce", Linear_Model, torch.nn.CrossEntropyLoss(), len(X_train)),
        ("lm_torch_full_sgd_ce", Linear_Model, torch.nn.CrossEntropyLoss(), 64),
        ("nn_torch_full_gd_ce", NN_Model, torch.nn.CrossEntropyLoss(), len(X_train)),
        ("nn_torch_full_sgd_ce", NN_Model, torch.nn.CrossEntropyLoss(), 64),
    ]
    for name, Model, criterion, batch_size in settings:
        model = Model(num_features, num_classes)
        target = Y_train_torch if name.endswith("mse") else y_train_torch
        start = time.time()
        model, losses = train_torch_model(
            model, batch_size, criterion, max_epochs, X_train_torch, target, lr, tolerance
        )
        end = time.time()
        tracker[name] = {
            "train": accuracy(model, X_train_torch, y_train),
            "test": accuracy(model, X_test_torch, y_test),
            "seconds": end - start,
        }
    return tracker


def plot_accuracies(results):
    labels = list(results.keys())
    plt.figure()
    plt.title("accuracy vs methods | blue = train, yellow = test")
    plt.plot(labels, [results[k]["train"] for k in labels], label="train")
    plt.plot(labels, [results[k]["test"] for k in labels], label="test")
    plt.xticks(rotation=90)
    plt.legend()
    return plt.gca()
