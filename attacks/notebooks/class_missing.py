"""Gives the class another name, by accident."""

from attacks.kit import RIGHT, Earns

OUTCOME = Earns(0, "defines no class")
ANSWER = RIGHT.replace("MyReLU", "Mine")
