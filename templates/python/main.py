"""Say hello."""

import platform


def greeting(name: str) -> str:
    """Return what is said to somebody."""
    return f"hello from {name}"


if __name__ == "__main__":
    print(greeting(f"Python {platform.python_version()}"))
