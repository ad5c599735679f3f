"""Where the completions of an environment are."""

from devenv.plan.completions import completion_folders


def test_folders_that_are_there_are_found_by_shell_in_the_order_of_trees() -> None:
    there = {
        "/a/usr/share/bash-completion/completions",
        "/b/usr/share/bash-completion/completions",
        "/b/usr/share/zsh/site-functions",
        "/b/usr/share/zsh/vendor-completions",
    }
    found = completion_folders(("/b", "/a"), is_directory=there.__contains__)
    assert found == {
        "bash": (
            "/b/usr/share/bash-completion/completions",
            "/a/usr/share/bash-completion/completions",
        ),
        "zsh": (
            "/b/usr/share/zsh/vendor-completions",
            "/b/usr/share/zsh/site-functions",
        ),
    }
