#include "SpeechKernel.h"

#include <cstddef>

SpeechKernel::SpeechKernel() noexcept {
    // Pulses at the rate of a voice through a resonance, and some noise.
    std::uint32_t noise = 1;
    std::int32_t before = 0;
    std::int32_t beforeThat = 0;
    for (std::size_t i = 0; i < _signal.size(); ++i) {
        noise = noise * 1664525 + 1013904223;
        std::int32_t const pulse = i % 61 == 0 ? 6000 : 0;
        std::int32_t const sample = pulse + static_cast<std::int32_t>(noise >> 24) - 128 + (7 * before) / 5 - (4 * beforeThat) / 5;
        beforeThat = before;
        before = sample;
        _signal[i] = static_cast<std::int16_t>(sample / 2);
    }
}

std::uint32_t SpeechKernel::run() noexcept {
    std::uint32_t sum = 0;
    for (std::size_t frame = 0; frame < FRAMES; ++frame) {
        std::int16_t const *samples = _signal.data() + MOST_LAG + frame * FRAME;
        sum = sum * 31 + predictorOf(samples);
        sum = sum * 31 + lagOf(samples);
    }
    return sum;
}

// The autocorrelation, then Levinson's and Durbin's recursion on it, with coefficients in units of 2^-12.
std::uint32_t SpeechKernel::predictorOf(std::int16_t const *frame) noexcept {
    std::array<std::int64_t, ORDER + 1> correlation{};
    for (std::size_t lag = 0; lag <= ORDER; ++lag) {
        for (std::size_t i = lag; i < FRAME; ++i) correlation[lag] += std::int32_t{frame[i]} * frame[i - lag];
    }
    correlation[0] += correlation[0] / 512 + 1; // so that the error below never reaches zero
    std::array<std::int64_t, ORDER + 1> predictor{};
    std::int64_t error = correlation[0];
    for (std::size_t order = 1; order <= ORDER; ++order) {
        std::int64_t rest = correlation[order];
        for (std::size_t i = 1; i < order; ++i) rest -= (predictor[i] * correlation[order - i]) >> 12;
        std::int64_t const reflection = error <= 0 ? 0 : rest * 4096 / error;
        std::array<std::int64_t, ORDER + 1> const old = predictor;
        predictor[order] = reflection;
        for (std::size_t i = 1; i < order; ++i) predictor[i] = old[i] - ((reflection * old[order - i]) >> 12);
        error -= (error * reflection >> 12) * reflection >> 12;
    }
    std::uint32_t sum = 0;
    for (std::int64_t coefficient : predictor) sum = sum * 31 + static_cast<std::uint32_t>(coefficient);
    return sum;
}

// Where the frame looks most like what was before it.
std::uint32_t SpeechKernel::lagOf(std::int16_t const *frame) noexcept {
    std::int64_t best = -1;
    std::uint32_t bestLag = 0;
    for (std::size_t lag = LEAST_LAG; lag <= MOST_LAG; ++lag) {
        std::int16_t const *const past = frame - lag;
        std::int64_t match = 0;
        std::int64_t energy = 1;
        for (std::size_t i = 0; i < FRAME; ++i) {
            match += std::int32_t{frame[i]} * past[i];
            energy += std::int32_t{past[i]} * past[i];
        }
        std::int64_t const quality = match <= 0 ? 0 : (match >> 8) * (match >> 8) / (energy >> 8 | 1);
        if (quality <= best) continue;
        best = quality;
        bestLag = static_cast<std::uint32_t>(lag);
    }
    return bestLag;
}
