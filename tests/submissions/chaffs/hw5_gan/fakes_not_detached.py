"""The discriminator's loss reaches the generator, whose gradients are cleared too early."""
# loses: a
# says: generator is as computed by hand


def train_step(generator, discriminator, real, opt_g, opt_d):
    """Both optimisers are cleared at the start, fakes are not detached."""
    opt_d.zero_grad()
    opt_g.zero_grad()
    z = torch.randn(len(real), generator.z_dim)
    loss_d = discriminator_loss(discriminator(real), discriminator(generator(z)))
    loss_d.backward()
    opt_d.step()
    loss_g = generator_loss(discriminator(generator(z)))
    loss_g.backward()
    opt_g.step()
    return loss_d.item(), loss_g.item()
