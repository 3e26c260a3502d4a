#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace Ichor::Detail {

/// Bytes that are to go out, appended at the end and taken from the front. Keeps its memory when it is emptied.
class OutputBuffer {
public:
    OutputBuffer() noexcept = default;
    OutputBuffer(OutputBuffer &&other) noexcept { swap(other); }
    OutputBuffer &operator=(OutputBuffer &&other) noexcept {
        OutputBuffer taken(std::move(other));
        swap(taken);
        return *this;
    }
    ~OutputBuffer() = default;

    /// Room for at least that many bytes behind the end; commit() says how many were written.
    [[nodiscard]] char *prepare(std::size_t size) {
        if (_capacity - _end < size) grow(size);
        return _bytes.get() + _end;
    }
    void commit(std::size_t size) noexcept { _end += size; }

    void append(std::string_view text) {
        if (text.empty()) return;
        std::memcpy(prepare(text.size()), text.data(), text.size());
        commit(text.size());
    }

    [[nodiscard]] std::string_view view() const noexcept { return {_bytes.get() + _begin, _end - _begin}; }
    [[nodiscard]] std::size_t size() const noexcept { return _end - _begin; }
    [[nodiscard]] bool isEmpty() const noexcept { return _begin == _end; }
    [[nodiscard]] std::size_t capacity() const noexcept { return _capacity; }

    void consume(std::size_t size) noexcept {
        _begin += size;
        if (_begin == _end) clear();
    }
    void clear() noexcept { _begin = _end = 0; }

    void swap(OutputBuffer &other) noexcept {
        std::swap(_bytes, other._bytes);
        std::swap(_capacity, other._capacity);
        std::swap(_begin, other._begin);
        std::swap(_end, other._end);
    }

private:
    void grow(std::size_t size);

    std::unique_ptr<char[]> _bytes;
    std::size_t _capacity{0};
    std::size_t _begin{0};
    std::size_t _end{0};
};

} // namespace Ichor::Detail
