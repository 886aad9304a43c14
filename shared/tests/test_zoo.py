"""The shipped network is the one that its command makes, and as good as the labs say."""

import pytest
import torch
from effdl import data, train, zoo
from effdl.make import resnet8


def test_the_shipped_network_reaches_its_accuracy():
    # 91.0 % when it was saved. Another processor or PyTorch rounds otherwise, which turns only images whose two best
    # logits are almost equal: 5 of 2,000 allow for that, and any real change of the weights turns more
    assert train.accuracy(zoo.load("resnet8"), data.fashion_mnist("test")) == pytest.approx(91.0, abs=0.25)


def test_a_loaded_network_is_in_eval_mode_and_contiguous():
    net = zoo.load("resnet8")
    assert not net.training
    assert all(weight.is_contiguous() and weight.dtype == torch.float32 for weight in net.parameters())


def test_two_loads_share_no_weights():
    one, two = zoo.load(), zoo.load()
    one.classifier.weight.data.zero_()
    assert two.classifier.weight.any()


def test_magnitudes_of_the_shipped_weights_hardly_tie():
    weights = zoo.load().blocks[2].conv2.weight.detach().abs().flatten()
    # float32 has 2**23 magnitudes between two powers of 2: among 36,864 draws a few pairs meet by chance
    assert weights.unique().numel() > 0.99 * weights.numel()


def test_an_unknown_network_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"resnet8.*'vgg'"):
        zoo.load("vgg")


def test_the_command_writes_a_checkpoint_that_loads(tmp_path, monkeypatch, capsys):
    threads = torch.get_num_threads()
    few = data.fashion_mnist("validation").first(256)
    monkeypatch.setattr(resnet8, "EPOCHS", 0.5)
    monkeypatch.setattr(data, "fashion_mnist", lambda split: few)
    try:
        resnet8.main(tmp_path / "resnet8.safetensors")
    finally:
        torch.set_num_threads(threads)
    assert "accuracy" in capsys.readouterr().out
    monkeypatch.setattr(data, "find", lambda name: tmp_path / name)
    assert zoo.load("resnet8").stem.conv.weight.shape == (16, 1, 3, 3)
