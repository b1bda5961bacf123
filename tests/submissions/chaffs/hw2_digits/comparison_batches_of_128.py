"""A mini-batch has 128 examples."""
# loses: e
# says: a mini-batch is 64 examples


def compare_models(X_train, y_train, X_test, y_test, max_epochs, lr, tolerance):
    targets, _ = one_hot(y_train, y_test)
    X, Y = (torch.tensor(X_train).float(), torch.tensor(targets).float())
    labels = torch.tensor(y_train)
    X_unseen, labels_unseen = (torch.tensor(X_test).float(), torch.tensor(y_test))
    features, classes = (X.shape[1], Y.shape[1])
    stopping = {"lr": lr, "tolerance": tolerance}

    def from_scratch(batch_size):
        W, b = initializeWeightsAndBiases(classes, features)
        W, b, _ = train_linear_regression_model(max_epochs, batch_size, W, b, X, Y, **stopping)
        return _as_module(W, b)

    def with_torch(kind, criterion, batch_size):
        y = Y if isinstance(criterion, nn.MSELoss) else labels
        model = kind(features, classes)
        return train_torch_model(model, batch_size, criterion, max_epochs, X, y, **stopping)[0]

    mse, ce, full = (nn.MSELoss(), nn.CrossEntropyLoss(), len(X))
    recipes = {
        "lm_scratch_full_gd": lambda: from_scratch(full),
        "lm_scratch_sgd": lambda: from_scratch(128),
        "lm_torch_full_gd_mse": lambda: with_torch(Linear_Model, mse, full),
        "lm_torch_full_sgd_mse": lambda: with_torch(Linear_Model, mse, 128),
        "lm_torch_full_gd_ce": lambda: with_torch(Linear_Model, ce, full),
        "lm_torch_full_sgd_ce": lambda: with_torch(Linear_Model, ce, 128),
        "nn_torch_full_gd_ce": lambda: with_torch(NN_Model, ce, full),
        "nn_torch_full_sgd_ce": lambda: with_torch(NN_Model, ce, 128),
    }
    results = {}
    for name, train in recipes.items():
        start = time.perf_counter()
        model = train()
        seconds = time.perf_counter() - start
        results[name] = {
            "train": accuracy(model, X, labels),
            "test": accuracy(model, X_unseen, labels_unseen),
            "seconds": seconds,
        }
    return results
