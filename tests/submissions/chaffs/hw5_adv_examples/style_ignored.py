"""Written without the spaces that PEP 8 asks for."""
# loses: rules
# says: against PEP 8

def plot_adversarial(image,adversarial,labels):
    figure,both_axes=plt.subplots(1,2)
    for axes,pixels,label in zip(both_axes,(image,adversarial),labels,strict=True):
        axes.imshow(pixels.detach()[0].permute(1,2,0).cpu().numpy())
        axes.set_title(label)
        axes.axis('off')
    return figure
