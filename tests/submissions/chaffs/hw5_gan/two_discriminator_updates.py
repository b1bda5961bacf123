"""The discriminator is updated twice in each step."""
# loses: a
# says: step: loss_g is the loss


def train_step(generator, discriminator, real, opt_g, opt_d):
    """One update of each."""
    z = torch.randn(len(real), generator.z_dim)
    fake = generator(z).detach()
    loss_d = discriminator_loss(discriminator(real), discriminator(fake))
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    opt_d.step()
    loss_g = generator_loss(discriminator(generator(z)))
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()
    return loss_d.item(), loss_g.item()
