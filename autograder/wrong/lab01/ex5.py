# %% wrong="The layer's own stride widens its own field; only the strides before it do."
def receptive_field(layers):
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        jump *= stride
        field += dilation * (kernel - 1) * jump
    return field, jump


# %% wrong="Only the stride of the layer just before counts; it is the product of all earlier ones."
def receptive_field(layers):
    field, jump, before = 1, 1, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * before
        before = stride
        jump *= stride
    return field, jump


# %% wrong="Strides are ignored."
def receptive_field(layers):
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1)
        jump *= stride
    return field, jump


# %% wrong="Strides are added up; they multiply."
def receptive_field(layers):
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * jump
        jump += stride - 1
    return field, jump


# %% wrong="Dilation is ignored."
def receptive_field(layers):
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        field += (kernel - 1) * jump
        jump *= stride
    return field, jump


# %% wrong="Each layer adds its whole kernel; k taps add d (k - 1) pixels to one that is there already."
def receptive_field(layers):
    field, jump = 0, 1
    for kernel, stride, dilation in layers:
        field += dilation * kernel * jump
        jump *= stride
    return field, jump


# %% wrong="The field starts at 0; an output without layers sees one pixel."
def receptive_field(layers):
    field, jump = 0, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * jump
        jump *= stride
    return field, jump


# %% wrong="Dilation moves the outputs apart, as a stride does; it only spreads the taps."
def receptive_field(layers):
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * jump
        jump *= stride * dilation
    return field, jump


# %% wrong="Pooling layers (kernel = stride) are left out; they widen the field too."
def receptive_field(layers):
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        if kernel == stride:
            continue
        field += dilation * (kernel - 1) * jump
        jump *= stride
    return field, jump


# %% wrong="The jump is that of the last layer alone; strides multiply along the chain."
def receptive_field(layers):
    field, jump, last = 1, 1, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * jump
        jump, last = jump * stride, stride
    return field, last


# %% wrong="The chain is read from its end; it starts at the picture."
def receptive_field(layers):
    field, jump = 1, 1
    for kernel, stride, dilation in reversed(layers):
        field += dilation * (kernel - 1) * jump
        jump *= stride
    return field, jump


# %% wrong="This is the largest field of a single layer; the layers add up."
def receptive_field(layers):
    jump = 1
    for _, stride, _ in layers:
        jump *= stride
    return max([dilation * (kernel - 1) + 1 for kernel, _, dilation in layers], default=1), jump


# %% wrong="Jump and field are returned in the wrong order."
def receptive_field(layers):
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * jump
        jump *= stride
    return jump, field


# %% right="backwards: how many inputs one output of the last layer needs"
def receptive_field(layers):
    field, jump = 1, 1
    for kernel, stride, dilation in reversed(layers):
        field = (field - 1) * stride + dilation * (kernel - 1) + 1
        jump = jump * stride
    return field, jump


# %% right="the formula, with math.prod for the earlier strides"
import math


def receptive_field(layers):
    strides = [stride for _, stride, _ in layers]
    total = sum(d * (k - 1) * math.prod(strides[:i]) for i, (k, _, d) in enumerate(layers))
    return 1 + total, math.prod(strides)


# %% right="first and last pixel of two neighboring outputs, followed back to the picture"
def receptive_field(layers):
    def reaches(place):
        first = last = place
        for kernel, stride, dilation in list(layers)[::-1]:
            first, last = first * stride, last * stride + dilation * (kernel - 1)
        return first, last

    here, there = reaches(0), reaches(1)
    return here[1] - here[0] + 1, there[0] - here[0]
