"""Tests the engine's tests: each module that decides grades or safety, with one small change."""
