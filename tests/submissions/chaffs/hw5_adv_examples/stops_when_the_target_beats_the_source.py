"""Stops once the target beats the true class, whoever else leads."""
# loses: b
# says: must be the target


def targeted_attack(model, image, true_class, target_class, epsilon, steps, lr):
    def objective(logits):
        log_p = logits.log_softmax(dim=1)[0]
        return log_p[true_class] - log_p[target_class]

    def lead(logits):
        return float(logits[0, target_class] - logits[0, true_class])

    return _descend(model, image, epsilon, steps, lr, objective, lead)
