import ./nix/shell-for-all.nix { }
