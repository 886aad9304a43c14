"""Microcontrollers that can be bought: where their flash and SRAM lie, how much there is, and what the core can do.

A part's SRAM is the piece that lies in one row from `sram_base`; what some parts have besides (a fast memory tied to
the core, a bank for another domain) is left out. `mhz` is the highest clock of the data sheet.

What this leaves out: flash wait states, caches, DMA, that a part comes in several flash sizes (the largest is given),
and the STM32H743's unit for `double`, which the emulator does not have.

Sources: data sheets of STMicroelectronics, STM32F412xE/G (DS11139), STM32F746xx (DS10916), STM32H743xI (DS12110);
Nordic Semiconductor, nRF52840 product specification.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PARTS", "Part", "part_named"]


@dataclass(frozen=True)
class Part:
    """A microcontroller; addresses and sizes in bytes."""

    name: str
    core: str
    mhz: int
    flash_base: int
    flash_bytes: int
    sram_base: int
    sram_bytes: int
    fpu: str

    @property
    def sram_end(self) -> int:
        """The first address above the SRAM."""
        return self.sram_base + self.sram_bytes

    @property
    def flash_end(self) -> int:
        """The first address above the flash."""
        return self.flash_base + self.flash_bytes


KB = 1024
PARTS = {
    part.name: part
    for part in (
        Part("stm32f412", "cortex-m4", 100, 0x0800_0000, 1024 * KB, 0x2000_0000, 256 * KB, "fpv4-sp-d16"),
        Part("stm32f746", "cortex-m7", 216, 0x0800_0000, 1024 * KB, 0x2000_0000, 320 * KB, "fpv5-sp-d16"),
        Part("stm32h743", "cortex-m7", 480, 0x0800_0000, 2048 * KB, 0x2400_0000, 512 * KB, "fpv5-sp-d16"),
        Part("nrf52840", "cortex-m4", 64, 0x0000_0000, 1024 * KB, 0x2000_0000, 256 * KB, "fpv4-sp-d16"),
    )
}


def part_named(name: str) -> Part:
    """The part of that name.

    Raises: ValueError listing those that there are
    """
    if name not in PARTS:
        raise ValueError(f"mcu: there is no part {name!r}; there are {', '.join(PARTS)}")
    return PARTS[name]
