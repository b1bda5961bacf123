"""Training the reference's models: what is shipped is what the public trainers give."""

import pytest
import torch

from grader.author import train_models
from grader.author.train_models import RECIPES, Run


@pytest.fixture(autouse=True)
def one_thread():
    """Sums in one order, as in `make train`."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def images_for(recipe):
    """Few images in the range that the recipe trains on."""
    low, high = recipe.scaled_to
    return torch.rand(230, 784, generator=torch.Generator().manual_seed(1)) * (high - low) + low


@pytest.mark.parametrize("topic", RECIPES)
def test_interrupted_run_equals_the_public_trainer(topic, tmp_path):
    recipe, epochs = RECIPES[topic], 3
    images, path = images_for(recipe), tmp_path / "run.pt"
    for _ in Run(recipe, recipe.module(), images, 4, path).epochs(1):
        torch.manual_seed(99)
    resumed = Run(recipe, recipe.module(), images, 4, path)
    done = list(resumed.epochs(epochs))

    module = recipe.module()
    trained = getattr(module, recipe.trainer)(images, epochs=epochs, seed=4)

    assert done == [2, 3]
    for network, expected in zip(resumed.networks.values(), trained, strict=False):
        for name, tensor in expected.state_dict().items():
            assert torch.equal(network.state_dict()[name], tensor)


@pytest.mark.parametrize("topic", RECIPES)
def test_shipped_weights_fit_the_reference(topic):
    recipe = RECIPES[topic]
    module = recipe.module()

    for name, file in recipe.files.items():
        state = torch.load(train_models.REFERENCE / file, weights_only=True)
        getattr(module, name)().load_state_dict(state)

        assert all(torch.isfinite(tensor).all() for tensor in state.values())


def test_recipes_name_the_files_of_the_handout():
    files = {file for recipe in RECIPES.values() for file in recipe.files.values()}

    assert files == {"hw5_gan_gen.pth", "hw5_gan_dis.pth", "hw5_dAE.pth", "hw5_vae.pth"}


def test_defaults_come_from_the_reference():
    assert RECIPES["hw5_gan"].default("epochs") == 50
    assert RECIPES["hw5_gan"].default("batch_size") == 100
