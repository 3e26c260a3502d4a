#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// A fixed amount of work of the kind that a speech codec does, in integers only: for each frame of a made-up signal the linear predictor
/// of order 10 and the lag at which the frame repeats itself. A few hundred microseconds; always the same.
class SpeechKernel {
public:
    SpeechKernel() noexcept;

    /// Codes all frames, and gives back a sum of what it found, which is the same each time.
    std::uint32_t run() noexcept;

private:
    static constexpr std::size_t FRAME = 160; // 20 ms of 8,000 samples a second
    static constexpr std::size_t FRAMES = 32;
    static constexpr std::size_t ORDER = 10;
    static constexpr std::size_t LEAST_LAG = 20;
    static constexpr std::size_t MOST_LAG = 147;

    [[nodiscard]] std::uint32_t predictorOf(std::int16_t const *frame) noexcept;
    [[nodiscard]] static std::uint32_t lagOf(std::int16_t const *frame) noexcept;

    std::array<std::int16_t, MOST_LAG + FRAME * FRAMES> _signal{};
};
