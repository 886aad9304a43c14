"""The scripts that made the files in `data/`, one module a file: `python -m effdl.make.fashion_mnist FOLDER`."""
