#pragma once

#include <ichor/base/Contract.h>

#include <cstddef>
#include <cstring>
#include <iterator>

namespace Ichor {

/// What an element carries to be in an IntrusiveList: one hook for each list that it can be in at the same time.
///
/// Lifetime:  an element that is destroyed while it is in a list leaves it
class ListHook {
public:
    constexpr ListHook() noexcept = default;
    ListHook(ListHook const &) = delete;
    ListHook &operator=(ListHook const &) = delete;
    ~ListHook() { unlink(); }

    [[nodiscard]] bool isLinked() const noexcept { return next != nullptr; }

    /// Leaves the list that it is in, if any; needs not to know which.
    void unlink() noexcept {
        if (next == nullptr) return;
        prev->next = next;
        next->prev = prev;
        prev = next = nullptr;
    }

    // prev, next: both nullptr = in no list | both set = in a ring that also holds the list's own hook
    ListHook *prev = nullptr;
    ListHook *next = nullptr;
};

namespace Detail {

template <class Member>
struct HookMember;

template <class C>
struct HookMember<ListHook C::*> {
    using Class = C;
};

} // namespace Detail

/// A doubly linked list of elements that bring their own hook: nothing here allocates, and all but iteration takes constant time.
/// Use it as `IntrusiveList<Waiter, &Waiter::hook>`; the hook may be a member of a base of the element.
///
/// Threads:   one at a time
/// Lifetime:  owns nothing; elements that are still in it when it goes are unlinked
template <class T, auto Hook>
class IntrusiveList {
    using HookOwner = typename Detail::HookMember<decltype(Hook)>::Class;

public:
    class Iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        using pointer = T *;
        using reference = T &;

        Iterator() noexcept = default;
        T &operator*() const noexcept { return elementOf(*_at); }
        T *operator->() const noexcept { return &elementOf(*_at); }
        Iterator &operator++() noexcept {
            _at = _following;
            _following = _at->next;
            return *this;
        }
        Iterator operator++(int) noexcept {
            Iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(Iterator const &a, Iterator const &b) noexcept { return a._at == b._at; }

    private:
        friend IntrusiveList;
        explicit Iterator(ListHook *at) noexcept : _at(at), _following(at->next) {}

        ListHook *_at = nullptr;
        ListHook *_following = nullptr; // read ahead, so that the element stood on may leave, or even be destroyed
    };

    IntrusiveList() noexcept { makeEmpty(); }
    IntrusiveList(IntrusiveList const &) = delete;
    IntrusiveList &operator=(IntrusiveList const &) = delete;
    ~IntrusiveList() { clear(); }

    [[nodiscard]] bool isEmpty() const noexcept { return _root.next == &_root; }

    /// The first or last element; the list must not be empty.
    [[nodiscard]] T &front() const noexcept { return elementOf(*checkedNotEmpty()->next); }
    [[nodiscard]] T &back() const noexcept { return elementOf(*checkedNotEmpty()->prev); }

    /// The element must be in no list through this hook.
    void pushBack(T &element) noexcept { insertBefore(_root, element); }
    void pushFront(T &element) noexcept { insertBefore(*_root.next, element); }

    /// Takes the element out of this list; nothing happens when it is in none.
    void remove(T &element) noexcept { hookOf(element).unlink(); }

    /// Takes the first element out; nullptr when there is none.
    T *popFront() noexcept {
        if (isEmpty()) return nullptr;
        T &first = elementOf(*_root.next);
        _root.next->unlink();
        return &first;
    }

    /// Moves all elements of another list behind those of this one, in their order.
    void spliceBack(IntrusiveList &other) noexcept {
        if (&other == this || other.isEmpty()) return;
        other._root.next->prev = _root.prev;
        _root.prev->next = other._root.next;
        other._root.prev->next = &_root;
        _root.prev = other._root.prev;
        other.makeEmpty();
    }

    void clear() noexcept {
        while (popFront() != nullptr) {}
    }

    /// While iterating, the element stood on may be removed or destroyed, but not the one behind it. Where a step can remove any of
    /// them, splice the list into a local one and pop from that.
    [[nodiscard]] Iterator begin() const noexcept { return Iterator(_root.next); }
    [[nodiscard]] Iterator end() const noexcept { return Iterator(const_cast<ListHook *>(&_root)); }

private:
    static ListHook &hookOf(T &element) noexcept { return static_cast<HookOwner &>(element).*Hook; }

    static T &elementOf(ListHook &hook) noexcept {
        // The ABI of every platform that we build for stores a pointer to a data member as the member's offset.
        constexpr auto member = Hook;
        std::ptrdiff_t offset = 0;
        static_assert(sizeof(member) == sizeof(offset));
        std::memcpy(&offset, &member, sizeof(offset));
        auto *owner = reinterpret_cast<HookOwner *>(reinterpret_cast<std::byte *>(&hook) - offset);
        return static_cast<T &>(*owner);
    }

    ListHook const *checkedNotEmpty() const noexcept {
        if (isEmpty()) contractViolation("an empty IntrusiveList has no first or last element");
        return &_root;
    }

    void insertBefore(ListHook &at, T &element) noexcept {
        ListHook &hook = hookOf(element);
        if (hook.isLinked()) contractViolation("an element can be in only one IntrusiveList through one hook");
        // In this order the compiler does not make one wide store of hook.prev and hook.next, put together in a vector register, for which
        // whoever reads them soon would have to wait.
        ListHook *before = at.prev;
        hook.prev = before;
        before->next = &hook;
        hook.next = &at;
        at.prev = &hook;
    }

    void makeEmpty() noexcept { _root.prev = _root.next = &_root; }

    ListHook _root; // the ring's own hook: next = first, prev = last, both itself when empty
};

} // namespace Ichor
