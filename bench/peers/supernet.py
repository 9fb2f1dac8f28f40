"""A weight step of the relaxed DARTS space of bench/supernet.nas in PyTorch (2 threads), for bench/supernet.ts.

`supernet.py FILE` reads what bench/supernet.ts wrote: parameters, a batch, and the loss and gradients of the float64
reference. It prints one JSON line: how far its own float64 loss and gradients are from those, and the time of a step in
float32. Parameters are matched by their order, which is the text's: the stem, then cell by cell and edge by edge.
"""
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

NODES = 4
THREADS = 2
STEPS = 8


def norm(channels):
    return nn.BatchNorm2d(channels, affine=False)


def depthwise(channels, k, stride, dilation=1):
    return nn.Conv2d(channels, channels, k, stride, dilation * (k // 2), dilation, channels, bias=False)


def pointwise(before, after):
    return nn.Conv2d(before, after, 1, bias=False)


def separable(c, k, stride):
    once = [nn.ReLU(), depthwise(c, k, stride), pointwise(c, c), norm(c)]
    return nn.Sequential(*once, nn.ReLU(), depthwise(c, k, 1), pointwise(c, c), norm(c))


def dilated(c, k, stride):
    return nn.Sequential(nn.ReLU(), depthwise(c, k, stride, 2), pointwise(c, c), norm(c))


class Halve(nn.Module):
    """Two convolutions of stride 2, the second a pixel further, side by side."""

    def __init__(self, before, after):
        super().__init__()
        self.even = nn.Conv2d(before, after // 2, 1, 2, bias=False)
        self.odd = nn.Conv2d(before, after - after // 2, 1, 2, bias=False)
        self.norm = norm(after)

    def forward(self, x):
        x = F.relu(x)
        moved = F.pad(x[:, :, 1:, 1:], (0, 1, 0, 1))
        return self.norm(torch.cat([self.even(x), self.odd(moved)], 1))


class Edge(nn.Module):
    """The alternatives of DARTS's edge in the order of spaces/darts.nas; the last weight is that of nothing."""

    def __init__(self, c, stride):
        super().__init__()
        self.ops = nn.ModuleList(
            [
                nn.Sequential(nn.MaxPool2d(3, stride, 1), norm(c)),
                nn.Sequential(nn.AvgPool2d(3, stride, 1, count_include_pad=False), norm(c)),
                nn.Identity() if stride == 1 else Halve(c, c),
                separable(c, 3, stride),
                separable(c, 5, stride),
                dilated(c, 3, stride),
                dilated(c, 5, stride),
            ]
        )

    def forward(self, x, weights):
        return sum(w * op(x) for w, op in zip(weights, self.ops))


class Cell(nn.Module):
    def __init__(self, older, newer, c, reduces, after_reduction):
        super().__init__()
        project = lambda before: nn.Sequential(nn.ReLU(), pointwise(before, c), norm(c))
        self.first = Halve(older, c) if after_reduction else project(older)
        self.second = project(newer)
        strides = [2 if reduces and j < 2 else 1 for i in range(NODES) for j in range(i + 2)]
        self.edges = nn.ModuleList([Edge(c, stride) for stride in strides])

    def forward(self, older, newer, weights):
        states, at = [self.first(older), self.second(newer)], 0
        for _ in range(NODES):
            terms = [self.edges[at + j](state, weights[at + j]) for j, state in enumerate(states)]
            at += len(states)
            states.append(sum(terms))
        return torch.cat(states[-NODES:], 1)


class Supernet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 24, 3, padding=1, bias=False), nn.BatchNorm2d(24))
        plan = [(24, 24, 8, False, False), (24, 32, 16, True, False), (32, 64, 16, False, True)]
        self.cells = nn.ModuleList([Cell(*each) for each in plan])
        self.head = nn.Linear(64, 10)

    def forward(self, x, normal, reduce):
        older = newer = self.stem(x)
        for i, cell in enumerate(self.cells):
            alphas = reduce if i == 1 else normal
            older, newer = newer, cell(older, newer, F.softmax(alphas, -1))
        return self.head(newer.mean((2, 3)))


def tensor(entry, dtype=torch.float64):
    return torch.tensor(entry["data"], dtype=dtype).reshape(entry["shape"])


def as_theirs(value):
    """Filters HWIO to OIHW, depthwise HWC to C1HW, matrices transposed."""
    if value.dim() == 4:
        return value.permute(3, 2, 0, 1)
    if value.dim() == 3:
        return value.permute(2, 0, 1).unsqueeze(1)
    return value.t() if value.dim() == 2 else value


def main(path):
    with open(path) as file:
        given = json.load(file)
    torch.set_num_threads(THREADS)
    net = Supernet().double()
    weights = list(net.parameters())
    names = [name for name in given["names"] if not name.startswith("alpha.")]
    with torch.no_grad():
        for name, weight in zip(names, weights, strict=True):
            weight.copy_(as_theirs(tensor(given["parameters"][name])))
    alphas = [tensor(given["parameters"][name]).requires_grad_() for name in given["alphas"]]
    images = tensor(given["x"]).permute(0, 3, 1, 2)
    labels = torch.tensor(given["labels"])
    loss = F.cross_entropy(net(images, *alphas), labels)
    loss.backward()
    pairs = [(weight.grad, as_theirs(tensor(given["gradients"][name]))) for name, weight in zip(names, weights)]
    pairs += [(a.grad, tensor(given["gradients"][name])) for name, a in zip(given["alphas"], alphas)]
    gradient_error = max(float((a - b).abs().max() / a.abs().max()) for a, b in pairs)

    net.float()
    weights = list(net.parameters())
    images = images.float()
    alphas = [alpha.detach().float().requires_grad_() for alpha in alphas]
    optimizer = torch.optim.SGD(weights, lr=0.025, momentum=0.9, weight_decay=3e-4)
    batch = images.repeat(given["batch"] // len(images), 1, 1, 1)
    many = labels.repeat(given["batch"] // len(labels))
    times = []
    for _ in range(STEPS + 2):
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(net(batch, *alphas), many).backward()
        optimizer.step()
        times.append(1000 * (time.perf_counter() - start))
    times = sorted(times[2:])
    print(
        json.dumps(
            {
                "weights": sum(weight.numel() for weight in weights),
                "alphas": sum(alpha.numel() for alpha in alphas),
                "lossError": abs(float(loss) - given["loss"]),
                "gradientError": gradient_error,
                "bestMs": round(times[0], 1),
                "medianMs": round(times[STEPS // 2], 1),
                "torch": torch.__version__,
            }
        )
    )


main(sys.argv[1])
