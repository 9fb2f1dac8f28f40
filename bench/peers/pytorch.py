"""A process of `npm run bench:peers`: the check network in PyTorch on this machine's processor, with two threads.

`pytorch.py FILE LAYOUT` reads the weights and the batch that bench/peers.ts wrote, then answers requests as
bench/peers/protocol.ts says. LAYOUT is how images and filters lie in memory: `contiguous` (NCHW, what PyTorch makes unless
told otherwise) or `channels_last` (NHWC, as ours).
"""
import json
import math
import os
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

ANSWERS = 3
THREADS = 2


class CheckNetwork(nn.Module):
    """As bench/checkNetwork.nas says. The odd pixel of padding comes last, so the second convolution is padded by hand."""

    def __init__(self, epsilon):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16, epsilon)
        self.conv2 = nn.Conv2d(16, 32, 3, stride=2, bias=False)
        self.bn2 = nn.BatchNorm2d(32, epsilon)
        self.conv3 = nn.Conv2d(32, 32, 3, padding=1, bias=False)
        self.dense = nn.Linear(32, 10)

    def forward(self, x):
        first = F.relu(self.bn1(self.conv1(x)))
        second = F.relu(self.bn2(self.conv2(F.pad(first, (0, 1, 0, 1)))))
        return self.dense(self.conv3(second).mean((2, 3)))


def tensor(entry, dtype=torch.float32):
    return torch.tensor(entry["data"], dtype=dtype).reshape(entry["shape"])


def as_theirs(name, value):
    """Filters HWIO to OIHW, matrices transposed."""
    if value.dim() == 4:
        return name.replace("kernel", "weight"), value.permute(3, 2, 0, 1)
    names = {"kernel": "weight", "scale": "weight", "shift": "bias"}
    layer, part = name.split(".")
    return f"{layer}.{names.get(part, part)}", value.t() if value.dim() == 2 else value


class Implementation:
    def __init__(self, given, layout):
        self.net = CheckNetwork(given["epsilon"]).to(memory_format=layout)
        self.x = tensor(given["x"]).permute(0, 3, 1, 2).contiguous(memory_format=layout)
        self.labels = tensor(given["labels"], torch.int64)
        self.weights = dict(as_theirs(name, tensor(entry)) for name, entry in given["parameters"].items())
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=given["learningRate"])

    def seed(self):
        with torch.no_grad():
            for name, parameter in self.net.named_parameters():
                parameter.copy_(self.weights[name])
            self.net.bn1.reset_running_stats()
            self.net.bn2.reset_running_stats()

    def train(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(self.net(self.x), self.labels)
        loss.backward()
        self.optimizer.step()
        return [loss.item()]

    def infer(self):
        with torch.no_grad():
            return self.net(self.x).flatten().tolist()


def measure(implementation, work, steps):
    implementation.seed()
    implementation.net.train(work == "train")
    step = getattr(implementation, work)
    times, cpu_times, last = [], [], None
    for _ in range(steps):
        begin, cpu = time.perf_counter(), time.process_time()
        last = step()
        cpu_times.append(1000 * (time.process_time() - cpu))
        times.append(1000 * (time.perf_counter() - begin))
    # JSON has no NaN.
    last = [value if math.isfinite(value) else None for value in last]
    return {"times": times, "cpuTimes": cpu_times, "last": last}


def main(path, layout):
    with open(path) as file:
        given = json.load(file)
    torch.set_num_threads(THREADS)
    layouts = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
    implementation = Implementation(given, layouts[layout])
    with os.fdopen(ANSWERS, "w") as answers:

        def say(message):
            print(json.dumps(message), file=answers, flush=True)

        say({"version": torch.__version__})
        for line in sys.stdin:
            request = json.loads(line)
            say(measure(implementation, request["work"], request["steps"]))


main(*sys.argv[1:])
