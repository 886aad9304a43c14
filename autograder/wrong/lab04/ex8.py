# %% wrong="The sign is missing: S = -w * (H g)."
def grasp_scores(loss, weights):
    inputs = {name: weight.detach().clone().requires_grad_() for name, weight in weights.items()}
    gradients = torch.autograd.grad(loss(inputs), list(inputs.values()), create_graph=True)
    product = sum((gradient * gradient.detach()).sum() for gradient in gradients)
    curved = torch.autograd.grad(product, list(inputs.values()))
    return {name: weights[name].detach() * hg for name, hg in zip(inputs, curved)}


# %% wrong="The size is taken: the sign of S tells whether a weight helps or hinders the gradient."
def grasp_scores(loss, weights):
    inputs = {name: weight.detach().clone().requires_grad_() for name, weight in weights.items()}
    gradients = torch.autograd.grad(loss(inputs), list(inputs.values()), create_graph=True)
    product = sum((gradient * gradient.detach()).sum() for gradient in gradients)
    curved = torch.autograd.grad(product, list(inputs.values()))
    return {name: (weights[name].detach() * hg).abs() for name, hg in zip(inputs, curved)}


# %% wrong="This is |w g|, the connection sensitivity; GraSP needs the Hessian."
def grasp_scores(loss, weights):
    inputs = {name: weight.detach().clone().requires_grad_() for name, weight in weights.items()}
    gradients = torch.autograd.grad(loss(inputs), list(inputs.values()), create_graph=True)
    product = sum((gradient * gradient.detach()).sum() for gradient in gradients)
    curved = [gradient.detach() for gradient in gradients]
    return {name: (weights[name].detach() * hg).abs() for name, hg in zip(inputs, curved)}


# %% wrong="This is -w g: the product with the Hessian is missing."
def grasp_scores(loss, weights):
    inputs = {name: weight.detach().clone().requires_grad_() for name, weight in weights.items()}
    gradients = torch.autograd.grad(loss(inputs), list(inputs.values()), create_graph=True)
    product = sum((gradient * gradient.detach()).sum() for gradient in gradients)
    curved = [gradient.detach() for gradient in gradients]
    return {name: -weights[name].detach() * hg for name, hg in zip(inputs, curved)}


# %% wrong="The gradient of g . g is twice H g: hold one of the two fixed."
def grasp_scores(loss, weights):
    inputs = {name: weight.detach().clone().requires_grad_() for name, weight in weights.items()}
    gradients = torch.autograd.grad(loss(inputs), list(inputs.values()), create_graph=True)
    product = sum((gradient * gradient).sum() for gradient in gradients)
    curved = torch.autograd.grad(product, list(inputs.values()))
    return {name: -weights[name].detach() * hg for name, hg in zip(inputs, curved)}


# %% wrong="The weight is missing: this is -H g."
def grasp_scores(loss, weights):
    inputs = {name: weight.detach().clone().requires_grad_() for name, weight in weights.items()}
    gradients = torch.autograd.grad(loss(inputs), list(inputs.values()), create_graph=True)
    product = sum((gradient * gradient.detach()).sum() for gradient in gradients)
    curved = torch.autograd.grad(product, list(inputs.values()))
    return {name: -hg for name, hg in zip(inputs, curved)}


# %% wrong="Each layer has its own Hessian here; H g of a layer depends on the gradients of the others."
def grasp_scores(loss, weights):
    inputs = {name: weight.detach().clone().requires_grad_() for name, weight in weights.items()}
    gradients = torch.autograd.grad(loss(inputs), list(inputs.values()), create_graph=True)
    products = [(gradient * gradient.detach()).sum() for gradient in gradients]
    values = list(inputs.values())
    curved = [torch.autograd.grad(p, value, retain_graph=True)[0] for p, value in zip(products, values)]
    return {name: -weights[name].detach() * hg for name, hg in zip(inputs, curved)}


# %% wrong="This is the Hessian's product with ones (the sum of g), not with g."
def grasp_scores(loss, weights):
    inputs = {name: weight.detach().clone().requires_grad_() for name, weight in weights.items()}
    gradients = torch.autograd.grad(loss(inputs), list(inputs.values()), create_graph=True)
    product = sum(gradient.sum() for gradient in gradients)
    curved = torch.autograd.grad(product, list(inputs.values()))
    return {name: -weights[name].detach() * hg for name, hg in zip(inputs, curved)}


# %% wrong="This is the Hessian's product with w, not with g."
def grasp_scores(loss, weights):
    inputs = {name: weight.detach().clone().requires_grad_() for name, weight in weights.items()}
    gradients = torch.autograd.grad(loss(inputs), list(inputs.values()), create_graph=True)
    product = sum((gradient * w.detach()).sum() for gradient, w in zip(gradients, inputs.values()))
    curved = torch.autograd.grad(product, list(inputs.values()))
    return {name: -weights[name].detach() * hg for name, hg in zip(inputs, curved)}


# %% wrong="The square of the gradient stands for the Hessian's product: -w g^2."
def grasp_scores(loss, weights):
    inputs = {name: weight.detach().clone().requires_grad_() for name, weight in weights.items()}
    gradients = torch.autograd.grad(loss(inputs), list(inputs.values()), create_graph=True)
    product = sum((gradient * gradient.detach()).sum() for gradient in gradients)
    curved = [gradient.detach() ** 2 for gradient in gradients]
    return {name: -weights[name].detach() * hg for name, hg in zip(inputs, curved)}


# %% wrong="The scores are divided by their sum; asked for is S itself."
def grasp_scores(loss, weights):
    inputs = {name: weight.detach().clone().requires_grad_() for name, weight in weights.items()}
    gradients = torch.autograd.grad(loss(inputs), list(inputs.values()), create_graph=True)
    product = sum((gradient * gradient.detach()).sum() for gradient in gradients)
    curved = torch.autograd.grad(product, list(inputs.values()))
    found = {name: -weights[name].detach() * hg for name, hg in zip(inputs, curved)}
    total = sum(score.abs().sum() for score in found.values())
    return {name: score / total for name, score in found.items()}


# %% wrong="The weight is squared: S = -w * (H g)."
def grasp_scores(loss, weights):
    inputs = {name: weight.detach().clone().requires_grad_() for name, weight in weights.items()}
    gradients = torch.autograd.grad(loss(inputs), list(inputs.values()), create_graph=True)
    product = sum((gradient * gradient.detach()).sum() for gradient in gradients)
    curved = torch.autograd.grad(product, list(inputs.values()))
    return {name: -(weights[name].detach() ** 2) * hg for name, hg in zip(inputs, curved)}


# %% right="torch.func: the derivative of the gradient along itself"
def grasp_scores(loss, weights):
    plain = {name: weight.detach() for name, weight in weights.items()}
    gradient = torch.func.grad(loss)
    _, curved = torch.func.jvp(gradient, (plain,), (gradient(plain),))
    return {name: -plain[name] * curved[name] for name in plain}


# %% right="half the gradient of the squared gradient norm"
def grasp_scores(loss, weights):
    names = list(weights)
    values = [weights[name].detach().clone().requires_grad_(True) for name in names]
    first = torch.autograd.grad(loss(dict(zip(names, values))), values, create_graph=True)
    half_norm = 0.5 * sum(g.pow(2).sum() for g in first)
    second = torch.autograd.grad(half_norm, values)
    return {name: (-value * hg).detach() for name, value, hg in zip(names, values, second)}
