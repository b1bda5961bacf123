"""The generator plays against the discriminator before its update."""
# loses: a
# says: before the discriminator's update


def train_step(generator, discriminator, real, opt_g, opt_d):
    """The generator goes first."""
    z = torch.randn(len(real), generator.z_dim)
    fake = generator(z).detach()
    loss_g = generator_loss(discriminator(generator(z)))
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()
    loss_d = discriminator_loss(discriminator(real), discriminator(fake))
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    return loss_d.item(), loss_g.item()
