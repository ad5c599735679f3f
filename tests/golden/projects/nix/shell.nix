{ pkgs ? import <nixpkgs> { } }:
pkgs.mkShell {
  # tools
  nativeBuildInputs = with pkgs; [ gnumake cmake python311 ];
  buildInputs = [
    pkgs.openssl
    pkgs.nodePackages.pnpm
    (pkgs.callPackage ./tool.nix { })
  ];
  shellHook = ''
    export FOO=1
  '';
}
