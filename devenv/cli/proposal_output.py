"""What `devenv init` found in a project's files, for people and as data."""

from devenv.model.proposal import Proposal


def reason_lines(proposal: Proposal) -> list[str]:
    """Return why each line of a proposed spec is there, and what has none."""
    lines = [f"{line.written}: {'; '.join(line.reasons)}" for line in proposal.packages]
    lines += [f"PATH gets {item.path}: {item.reason}" for item in proposal.folders]
    lines += [f"not taken over: {item}" for item in proposal.unmapped]
    return lines


def proposal_row(proposal: Proposal) -> dict[str, object]:
    """Return a proposal as data."""
    return {
        "spec": proposal.spec,
        "packages": [
            {"written": line.written, "reasons": list(line.reasons)}
            for line in proposal.packages
        ],
        "path": [
            {"folder": item.path, "reason": item.reason} for item in proposal.folders
        ],
        "not_taken_over": list(proposal.unmapped),
    }
