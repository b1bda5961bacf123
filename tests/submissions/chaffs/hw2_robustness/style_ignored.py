"""Written without the spaces that PEP 8 asks for."""
# loses: rules
# says: against PEP 8

def plot_accuracy_vs_epsilon(epsilons,fgsm_accuracies,pgd_accuracies):
    _,axes=plt.subplots()
    axes.plot(epsilons,fgsm_accuracies,marker='o',label='FGSM')
    axes.plot(epsilons,pgd_accuracies,marker='s',label='PGD')
    axes.set_xlabel('epsilon')
    axes.set_ylabel('accuracy')
    axes.set_title('Accuracy vs epsilon')
    axes.legend()
    return axes
