"""One signed step of size epsilon, whatever alpha and num_iter are."""
# loses: b
# says: this is fgsm

def pgd(model, x, y, alpha, epsilon, num_iter):
    return fgsm(model, x, y, epsilon)
