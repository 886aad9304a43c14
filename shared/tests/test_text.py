"""Tokens against Hugging Face's tokenizers where they are installed; perplexity by hand; the splits kept apart."""

import itertools
import math
from collections import Counter

import pytest
import torch
from effdl import text
from effdl.make import text as make_text


def test_every_text_is_in_the_alphabet_and_round_trips():
    tokenizer = text.tokenizer()
    for name in text.TEXTS:
        beginning = text.load(name)[:3000]
        assert set(beginning) <= set(text.ALPHABET)
        assert tokenizer.decode(tokenizer.encode(beginning)) == beginning


def test_the_held_out_plays_are_not_in_the_training_text():
    train = text.load("shakespeare_train")
    for split in ("validation", "test"):
        lines = [line for line in text.load(f"shakespeare_{split}").splitlines() if len(line) > 40]
        repeated = [line for line in lines if line in train]
        assert len(repeated) < 0.01 * len(lines)


def test_tokens_are_1024_of_two_characters_and_more():
    tokenizer = text.tokenizer()
    assert len(tokenizer) == len(set(tokenizer.tokens)) == 1024
    beginning = text.load("shakespeare_validation")[:20000]
    assert 2.2 < len(beginning) / len(tokenizer.encode(beginning)) < 3


def test_learning_merges_the_most_frequent_pair_first():
    assert make_text.learn(Counter({"aab": 3, "ab": 2}), 97) == [("a", "b")]
    # a, ab stays of "aab": the next pair
    assert make_text.learn(Counter({"aab": 3, "ab": 2}), 98)[1] == ("a", "ab")
    assert len(make_text.learn(Counter({"ab": 1}), 1000)) == 1


def test_encoding_is_that_of_the_tokenizers_library():
    tokenizers = pytest.importorskip("tokenizers", reason="needs the extra effdl[real-lm]")
    ours = text.tokenizer()
    ids = {token: i for i, token in enumerate(ours.tokens)}
    theirs = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=ids, merges=list(ours.ranks)))
    for word in text.split_words(text.load("shakespeare_test")[:5000]):
        assert theirs.encode(word).ids == ours.encode(word).tolist()


def test_pieces_put_together_are_the_text():
    beginning = text.load("britannica")[:5000]
    assert "".join(text.split_words(beginning)) == beginning


def test_what_is_not_ascii_is_folded():
    assert text.fold("Æsop’s\tçà “x”\r\n…") == '?sop\'s ca "x"\n...'


def test_an_unknown_text_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"milton.*'dante'"):
        text.load("dante")


def test_windows_cover_each_token_once_and_a_limit_spreads_them():
    rows = text.windows(torch.arange(101), 10)
    assert rows[:, 1:].flatten().tolist() == list(range(1, 101))
    assert text.windows(torch.arange(101), 10, limit=2)[:, 0].tolist() == [0, 50]
    assert len(text.windows(torch.arange(101), 10, limit=99)) == 10


@pytest.mark.parametrize(("count", "limit"), [(10, None), (50, 0)])
def test_windows_that_do_not_exist_are_refused(count, limit):
    with pytest.raises(ValueError, match="windows"):
        text.windows(torch.arange(count), 10, limit=limit)


def test_perplexity_is_the_inverse_geometric_mean_of_the_probabilities():
    table = torch.tensor([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]])
    rows = torch.tensor([[0, 1, 2], [2, 2, 0]])
    seen = [table[a, b].item() for row in rows.tolist() for a, b in itertools.pairwise(row)]
    expected = math.exp(-sum(map(math.log, seen)) / len(seen))
    assert text.perplexity(lambda ids: table[ids].log(), rows, batch_size=1) == pytest.approx(expected)


def test_perplexity_of_no_next_token_is_refused():
    with pytest.raises(ValueError, match="perplexity"):
        text.perplexity(lambda ids: ids, torch.zeros(3, 1, dtype=torch.int64))


def test_the_command_tidies_blank_lines_and_trailing_spaces():
    assert make_text.tidy("a  \r\n\n\n\nb\t\n") == "a\n\nb\n"
