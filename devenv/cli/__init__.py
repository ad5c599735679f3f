"""The only floor that prints, exits or reads the environment."""
