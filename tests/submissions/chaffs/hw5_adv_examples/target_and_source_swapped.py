"""Moves toward the true class and away from the target."""
# loses: b
# says: the target


def targeted_attack(model, image, true_class, target_class, epsilon, steps, lr):
    return _towards(model, image, target_class, true_class, epsilon, steps, lr)


def _towards(model, image, source, target, epsilon, steps, lr):
    def objective(logits):
        log_p = logits.log_softmax(dim=1)[0]
        return log_p[source] - log_p[target]

    def lead(logits):
        return float(logits[0, target] - _without(logits, target).max())

    return _descend(model, image, epsilon, steps, lr, objective, lead)
