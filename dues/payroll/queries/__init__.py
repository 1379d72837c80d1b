"""Queries of employers, statements of deduction and payroll lists."""
