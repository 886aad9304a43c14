"""What learning-management systems export, read defensively: archives, layouts, rosters."""
