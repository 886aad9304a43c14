# %% wrong="The floor is missing: / gives a float, and windows do not come in halves."
def out_size(size, kernel, stride=1, padding=0, dilation=1):
    if dilation * (kernel - 1) + 1 > size + 2 * padding:
        raise ValueError("does not fit")
    return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + output_padding


# %% wrong="Rounded up: a window that hangs over the edge does not count."
def out_size(size, kernel, stride=1, padding=0, dilation=1):
    if dilation * (kernel - 1) + 1 > size + 2 * padding:
        raise ValueError("does not fit")
    return -(-(size + 2 * padding - dilation * (kernel - 1) - 1) // stride) + 1


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + output_padding


# %% wrong="Rounded to the nearest integer: a window that hangs over the edge does not count."
def out_size(size, kernel, stride=1, padding=0, dilation=1):
    if dilation * (kernel - 1) + 1 > size + 2 * padding:
        raise ValueError("does not fit")
    return round((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + output_padding


# %% wrong="Dilation is ignored: taps that lie apart reach further."
def out_size(size, kernel, stride=1, padding=0, dilation=1):
    if kernel > size + 2 * padding:
        raise ValueError("does not fit")
    return (size + 2 * padding - kernel) // stride + 1


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + output_padding


# %% wrong="A kernel of k with dilation d reaches over d (k - 1) + 1 pixels, not over d k."
def out_size(size, kernel, stride=1, padding=0, dilation=1):
    if dilation * kernel > size + 2 * padding:
        raise ValueError("does not fit")
    return (size + 2 * padding - dilation * kernel) // stride + 1


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + output_padding


# %% wrong="Padding counts once; there is some on both sides."
def out_size(size, kernel, stride=1, padding=0, dilation=1):
    if dilation * (kernel - 1) + 1 > size + padding:
        raise ValueError("does not fit")
    return (size + padding - dilation * (kernel - 1) - 1) // stride + 1


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + output_padding


# %% wrong="One window is missing: the first one costs no stride."
def out_size(size, kernel, stride=1, padding=0, dilation=1):
    if dilation * (kernel - 1) + 1 > size + 2 * padding:
        raise ValueError("does not fit")
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + output_padding


# %% wrong="The stride divides the length of the row, not the room that is left after the first window."
def out_size(size, kernel, stride=1, padding=0, dilation=1):
    if dilation * (kernel - 1) + 1 > size + 2 * padding:
        raise ValueError("does not fit")
    return (size + 2 * padding) // stride - dilation * (kernel - 1)


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + output_padding


# %% wrong="A window that does not fit gives a size of 0 or less; asked for is a ValueError."
def out_size(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + output_padding


# %% wrong="A window as long as the padded row does fit, once."
def out_size(size, kernel, stride=1, padding=0, dilation=1):
    if dilation * (kernel - 1) + 1 >= size + 2 * padding:
        raise ValueError("does not fit")
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + output_padding


# %% wrong="output_padding is forgotten."
def out_size(size, kernel, stride=1, padding=0, dilation=1):
    reach = dilation * (kernel - 1) + 1
    if reach > size + 2 * padding:
        raise ValueError(f"{reach} pixels do not fit")
    return (size + 2 * padding - reach) // stride + 1


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1


# %% wrong="The transposed layer ignores dilation."
def out_size(size, kernel, stride=1, padding=0, dilation=1):
    reach = dilation * (kernel - 1) + 1
    if reach > size + 2 * padding:
        raise ValueError(f"{reach} pixels do not fit")
    return (size + 2 * padding - reach) // stride + 1


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    return (size - 1) * stride - 2 * padding + kernel + output_padding


# %% wrong="Padding takes away from a transposed layer's output; here it adds."
def out_size(size, kernel, stride=1, padding=0, dilation=1):
    reach = dilation * (kernel - 1) + 1
    if reach > size + 2 * padding:
        raise ValueError(f"{reach} pixels do not fit")
    return (size + 2 * padding - reach) // stride + 1


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    return (size - 1) * stride + 2 * padding + dilation * (kernel - 1) + 1 + output_padding


# %% wrong="There is one stride less than there are stamps."
def out_size(size, kernel, stride=1, padding=0, dilation=1):
    reach = dilation * (kernel - 1) + 1
    if reach > size + 2 * padding:
        raise ValueError(f"{reach} pixels do not fit")
    return (size + 2 * padding - reach) // stride + 1


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    return size * stride - 2 * padding + dilation * (kernel - 1) + 1 + output_padding


# %% wrong="Half of the output padding is taken for both sides; it is added once."
def out_size(size, kernel, stride=1, padding=0, dilation=1):
    reach = dilation * (kernel - 1) + 1
    if reach > size + 2 * padding:
        raise ValueError(f"{reach} pixels do not fit")
    return (size + 2 * padding - reach) // stride + 1


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + 2 * output_padding


# %% right="counting the windows one by one"
def out_size(size, kernel, stride=1, padding=0, dilation=1):
    count, start = 0, -padding
    while start + dilation * (kernel - 1) <= size + padding - 1:
        count += 1
        start += stride
    if count == 0:
        raise ValueError("the kernel is larger than the picture")
    return count


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    last = (size - 1) * stride + dilation * (kernel - 1)
    return last + 1 - padding - padding + output_padding


# %% right="the length of a range, and math.floor"
import math


def out_size(size, kernel, stride=1, padding=0, dilation=1):
    room = size + 2 * padding - dilation * (kernel - 1)
    if room < 1:
        raise ValueError(f"kernel {kernel} with dilation {dilation} is too large for {size} pixels")
    return len(range(0, room, stride))


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    return int(math.floor((size - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1))


# %% right="asking PyTorch's layers on the meta device"
import torch


def out_size(size, kernel, stride=1, padding=0, dilation=1):
    layer = torch.nn.Conv1d(1, 1, kernel, stride, padding, dilation, device="meta")
    try:
        return layer(torch.empty(1, 1, size, device="meta")).shape[2]
    except RuntimeError as problem:
        raise ValueError(str(problem)) from problem


def transposed_out_size(size, kernel, stride=1, padding=0, dilation=1, output_padding=0):
    layer = torch.nn.ConvTranspose1d(1, 1, kernel, stride, padding, 0, dilation=dilation, device="meta")
    return layer(torch.empty(1, 1, size, device="meta")).shape[2] + output_padding
