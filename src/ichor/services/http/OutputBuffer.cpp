#include "OutputBuffer.h"

#include <algorithm>

namespace Ichor::Detail {

namespace {
constexpr std::size_t FIRST_CAPACITY = 4096;
}

void OutputBuffer::grow(std::size_t size) {
    std::size_t const used = this->size();
    std::size_t capacity = std::max(_capacity, FIRST_CAPACITY);
    while (capacity - used < size) capacity *= 2;
    std::unique_ptr<char[]> bytes(new char[capacity]);
    if (used != 0) std::memcpy(bytes.get(), _bytes.get() + _begin, used);
    _bytes = std::move(bytes);
    _capacity = capacity;
    _begin = 0;
    _end = used;
}

} // namespace Ichor::Detail
