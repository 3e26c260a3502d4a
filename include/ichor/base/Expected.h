#pragma once

#include <ichor/Config.h>

// Which of the two it is changes the layout of public types, so a build that was configured for one says so in Config.h
// (ICHOR_USE_STD_EXPECTED); without a word there, the compiler's own is taken when it has one.
#if !defined(ICHOR_USE_STD_EXPECTED)
#include <version>
#if defined(__cpp_lib_expected)
#define ICHOR_USE_STD_EXPECTED 1
#else
#define ICHOR_USE_STD_EXPECTED 0
#endif
#endif

#if ICHOR_USE_STD_EXPECTED
#include <expected>
#else
#include <tl/expected.hpp>
#endif

namespace Ichor {

#if ICHOR_USE_STD_EXPECTED
using std::unexpected;

/// A value of type T, or the error of type E that says why there is none.
template <class T, class E>
using Expected = std::expected<T, E>;
#else
using tl::unexpected;

/// A value of type T, or the error of type E that says why there is none.
template <class T, class E>
using Expected = tl::expected<T, E>;
#endif

} // namespace Ichor
