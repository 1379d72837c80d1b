"""Dues through the employer: employers, statements of deduction, monthly payroll lists (U-D1)."""
