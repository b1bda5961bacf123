"""Written without the spaces that PEP 8 asks for."""
# loses: rules
# says: against PEP 8

def accuracy(model,X,y):
    modes={module: module.training for module in model.modules()}
    model.eval()
    with torch.no_grad():
        predicted=model(X).argmax(dim=1)
    for module,mode in modes.items():
        module.training=mode
    return float((predicted==y).double().mean())
