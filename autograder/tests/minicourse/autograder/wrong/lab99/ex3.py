# %% wrong="only the last value counts"
class RunningMean:
    def __init__(self):
        self.total, self.count = 0.0, 0

    def add(self, value):
        self.total = value
        self.count = 1

    def mean(self):
        if self.count == 0:
            raise ValueError("empty")
        return self.total / self.count


# %% wrong="the mean of nothing is given as 0"
class RunningMean:
    def __init__(self):
        self.total, self.count = 0.0, 0

    def add(self, value):
        self.total += value
        self.count += 1

    def mean(self):
        return self.total / max(self.count, 1)


# %% right="the mean itself is kept"
class RunningMean:
    def __init__(self):
        self.value, self.count = 0.0, 0

    def add(self, value):
        self.count += 1
        self.value += (value - self.value) / self.count

    def mean(self):
        if not self.count:
            raise ValueError("empty")
        return self.value
