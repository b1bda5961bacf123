"""Epochs count from 0 and 0 is left out: the samples of epoch 10 are those after eleven."""
# loses: a
# says: first samples are those of epoch 10


def train_gan(images, epochs=50, batch_size=100, lr=2e-4, seed=0):
    """Train both networks."""
    torch.manual_seed(seed)
    generator = Generator()
    discriminator = Discriminator()
    opt_g = torch.optim.Adam(generator.parameters(), lr=lr)
    opt_d = torch.optim.Adam(discriminator.parameters(), lr=lr)
    history = {"generator_loss": [], "discriminator_loss": [], "samples": {}}
    for epoch in range(epochs):
        loss_d, loss_g = _train_epoch(generator, discriminator, images, batch_size, opt_g, opt_d)
        history["discriminator_loss"].append(loss_d)
        history["generator_loss"].append(loss_g)
        if epoch > 0 and epoch % SAMPLE_EVERY == 0:
            history["samples"][epoch] = sample(generator, SAMPLES, seed)
    return generator, discriminator, history
