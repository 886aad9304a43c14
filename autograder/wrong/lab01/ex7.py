# %% wrong="ReLU is missing after the stem."
def resnet_forward(x, net):
    x = net.stem(x)
    for block in net.blocks:
        inner = block.bn1(block.conv1(x)).relu()
        inner = block.bn2(block.conv2(inner))
        x = (inner + block.shortcut(x)).relu()
    return net.classifier(x.mean((2, 3)))


# %% wrong="ReLU is missing after the addition."
def resnet_forward(x, net):
    x = net.stem(x).relu()
    for block in net.blocks:
        inner = block.bn1(block.conv1(x)).relu()
        inner = block.bn2(block.conv2(inner))
        x = inner + block.shortcut(x)
    return net.classifier(x.mean((2, 3)))


# %% wrong="ReLU stands before the addition; it follows it."
def resnet_forward(x, net):
    x = net.stem(x).relu()
    for block in net.blocks:
        inner = block.bn1(block.conv1(x)).relu()
        inner = block.bn2(block.conv2(inner)).relu()
        x = inner + block.shortcut(x)
    return net.classifier(x.mean((2, 3)))


# %% wrong="ReLU stands before the addition, too; a block has two of them."
def resnet_forward(x, net):
    x = net.stem(x).relu()
    for block in net.blocks:
        inner = block.bn1(block.conv1(x)).relu()
        inner = block.bn2(block.conv2(inner)).relu()
        x = (inner + block.shortcut(x)).relu()
    return net.classifier(x.mean((2, 3)))


# %% wrong="ReLU is missing between the two convolutions of a block."
def resnet_forward(x, net):
    x = net.stem(x).relu()
    for block in net.blocks:
        inner = block.bn1(block.conv1(x))
        inner = block.bn2(block.conv2(inner))
        x = (inner + block.shortcut(x)).relu()
    return net.classifier(x.mean((2, 3)))


# %% wrong="The shortcut is missing: a block adds what came in."
def resnet_forward(x, net):
    x = net.stem(x).relu()
    for block in net.blocks:
        inner = block.bn1(block.conv1(x)).relu()
        x = block.bn2(block.conv2(inner)).relu()
    return net.classifier(x.mean((2, 3)))


# %% wrong="What came in is overwritten: the shortcut gets the result of the first convolution."
def resnet_forward(x, net):
    x = net.stem(x).relu()
    for block in net.blocks:
        x = block.bn1(block.conv1(x)).relu()
        x = (block.bn2(block.conv2(x)) + block.shortcut(x)).relu()
    return net.classifier(x.mean((2, 3)))


# %% wrong="The shortcut brings the picture's stem to every block; it brings what entered this block."
def resnet_forward(x, net):
    x = stem = net.stem(x).relu()
    for block in net.blocks:
        inner = block.bn1(block.conv1(x)).relu()
        inner = block.bn2(block.conv2(inner))
        x = (inner + block.shortcut(stem if stem.shape == x.shape else x)).relu()
    return net.classifier(x.mean((2, 3)))


# %% wrong="The batch normalizations are left out."
def resnet_forward(x, net):
    x = net.stem(x).relu()
    for block in net.blocks:
        inner = block.conv1(x).relu()
        inner = block.conv2(inner)
        x = (inner + block.shortcut(x)).relu()
    return net.classifier(x.mean((2, 3)))


# %% wrong="ReLU stands before the first normalization; it follows it."
def resnet_forward(x, net):
    x = net.stem(x).relu()
    for block in net.blocks:
        inner = block.bn1(block.conv1(x).relu())
        inner = block.bn2(block.conv2(inner))
        x = (inner + block.shortcut(x)).relu()
    return net.classifier(x.mean((2, 3)))


# %% wrong="The largest value of each channel goes to the classifier; asked for is the mean."
def resnet_forward(x, net):
    x = net.stem(x).relu()
    for block in net.blocks:
        inner = block.bn1(block.conv1(x)).relu()
        inner = block.bn2(block.conv2(inner))
        x = (inner + block.shortcut(x)).relu()
    return net.classifier(x.amax((2, 3)))


# %% wrong="The sum of each channel goes to the classifier; asked for is the mean."
def resnet_forward(x, net):
    x = net.stem(x).relu()
    for block in net.blocks:
        inner = block.bn1(block.conv1(x)).relu()
        inner = block.bn2(block.conv2(inner))
        x = (inner + block.shortcut(x)).relu()
    return net.classifier(x.sum((2, 3)))


# %% wrong="Softmax is applied; asked for are the logits, as the classifier gives them."
def resnet_forward(x, net):
    x = net.stem(x).relu()
    for block in net.blocks:
        inner = block.bn1(block.conv1(x)).relu()
        inner = block.bn2(block.conv2(inner))
        x = (inner + block.shortcut(x)).relu()
    return net.classifier(x.mean((2, 3))).softmax(1)


# %% wrong="ReLU is applied to the logits."
def resnet_forward(x, net):
    x = net.stem(x).relu()
    for block in net.blocks:
        inner = block.bn1(block.conv1(x)).relu()
        inner = block.bn2(block.conv2(inner))
        x = (inner + block.shortcut(x)).relu()
    return net.classifier(x.mean((2, 3))).relu()


# %% wrong="The shortcut is subtracted; it is added."
def resnet_forward(x, net):
    x = net.stem(x).relu()
    for block in net.blocks:
        inner = block.bn1(block.conv1(x)).relu()
        inner = block.bn2(block.conv2(inner))
        x = (inner - block.shortcut(x)).relu()
    return net.classifier(x.mean((2, 3)))


# %% wrong="Input and result of a block are averaged; they are added."
def resnet_forward(x, net):
    x = net.stem(x).relu()
    for block in net.blocks:
        inner = block.bn1(block.conv1(x)).relu()
        inner = block.bn2(block.conv2(inner))
        x = ((inner + block.shortcut(x)) / 2).relu()
    return net.classifier(x.mean((2, 3)))


# %% wrong="The blocks are left out."
def resnet_forward(x, net):
    return net.classifier(net.stem(x).relu().mean((2, 3)))


# %% wrong="Only the first block runs; they all do, one after the other."
def resnet_forward(x, net):
    x = net.stem(x).relu()
    for block in net.blocks[:1]:
        inner = block.bn1(block.conv1(x)).relu()
        inner = block.bn2(block.conv2(inner))
        x = (inner + block.shortcut(x)).relu()
    return net.classifier(x.mean((2, 3)))


# %% wrong="Every block gets the output of the stem; it gets what the block before it put out."
def resnet_forward(x, net):
    y = net.stem(x).relu()
    x = y
    for block in net.blocks:
        if block.conv1.in_channels != y.shape[1]:
            y = x
        inner = block.bn1(block.conv1(y)).relu()
        inner = block.bn2(block.conv2(inner))
        x = (inner + block.shortcut(y)).relu()
    return net.classifier(x.mean((2, 3)))


# %% right="functions for a block and adaptive pooling"
import torch.nn.functional as F


def resnet_forward(x, net):
    def through(block, entering):
        inside = F.relu(block.bn1(block.conv1(entering)))
        return F.relu(block.shortcut(entering) + block.bn2(block.conv2(inside)))

    features = F.relu(net.stem(x))
    for block in net.blocks:
        features = through(block, features)
    return net.classifier(F.adaptive_avg_pool2d(features, 1).flatten(1))


# %% right="by index, clamp for ReLU, the mean over a flattened picture"
def resnet_forward(x, net):
    x = net.stem(x).clamp(min=0)
    for index in range(len(net.blocks)):
        block = net.blocks[index]
        kept = block.shortcut(x)
        x = block.conv1(x)
        x = block.bn1(x).clamp(min=0)
        x = block.conv2(x)
        x = block.bn2(x) + kept
        x = x.clamp(min=0)
    return net.classifier(x.flatten(2).mean(2))


# %% right="torch.relu and einops-like sums"
import torch


def resnet_forward(x, net):
    y = torch.relu(net.stem(x))
    for block in net.blocks:
        y = torch.relu(torch.add(block.shortcut(y), block.bn2(block.conv2(torch.relu(block.bn1(block.conv1(y)))))))
    n, c, h, w = y.shape
    return net.classifier(torch.einsum("nchw->nc", y) / (h * w))
