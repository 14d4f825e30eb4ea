"""`python -m stochos`: the command line."""

from stochos.cli.app import main

main()
