#pragma once

#include "Measurement.h"

#include <functional>
#include <optional>

namespace Benchmarks {

/// Measures in a process of its own, so that neither the peak memory nor the heap of one part is left to the next.
///
/// Errors:    nothing when the process failed, after a word about it on standard error
[[nodiscard]] std::optional<Measurement> measureInChild(std::function<Measurement()> const &body);

/// Measures here, with memory.
[[nodiscard]] Measurement measureHere(std::function<Measurement()> const &body);

} // namespace Benchmarks
