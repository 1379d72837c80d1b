"""Tests of bank payments between organisations."""
