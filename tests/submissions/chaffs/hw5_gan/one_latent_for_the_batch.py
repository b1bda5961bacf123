"""One z is drawn and repeated for the whole batch."""
# loses: a
# says: drawn anew for every image


def train_step(generator, discriminator, real, opt_g, opt_d):
    """One update of each."""
    z = torch.randn(1, generator.z_dim).repeat(len(real), 1)
    fake = generator(z).detach()
    loss_d = discriminator_loss(discriminator(real), discriminator(fake))
    opt_d.zero_grad()
    loss_d.backward()
    opt_d.step()
    loss_g = generator_loss(discriminator(generator(z)))
    opt_g.zero_grad()
    loss_g.backward()
    opt_g.step()
    return loss_d.item(), loss_g.item()
