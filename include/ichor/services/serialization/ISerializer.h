#pragma once

#include <ichor/base/Expected.h>
#include <ichor/services/serialization/ByteView.h>
#include <ichor/services/serialization/SerializeError.h>

#include <cstdint>
#include <vector>

namespace Ichor {

/// Turns values of type T into bytes and back.
///
/// Threads:   the manager's own
template <class T>
class ISerializer {
public:
    virtual ~ISerializer() = default;

    /// One that takes the memory of its result from the ByteRecycler allocates nothing for an answer by HTTP in the long run.
    [[nodiscard]] virtual std::vector<std::uint8_t> serialize(T const &value) = 0;

    /// Takes a text, or a span or vector of std::uint8_t.
    ///
    /// Errors:    what is wrong and where; anything may come in, nothing in it does harm
    [[nodiscard]] virtual Expected<T, SerializeError> deserialize(ByteView bytes) = 0;

protected:
    ISerializer() = default;
    ISerializer(ISerializer const &) = default;
    ISerializer &operator=(ISerializer const &) = default;
};

} // namespace Ichor
