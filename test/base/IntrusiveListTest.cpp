#include <ichor/base/IntrusiveList.h>

#include <catch2/catch.hpp>

#include <deque>
#include <memory>
#include <vector>

using namespace Ichor;

namespace {

struct Base {
    virtual ~Base() = default;
    long padding = 0;
    ListHook hook;
};

struct Item : Base {
    explicit Item(int value) : number(value) {}
    int number;
    ListHook other;
};

using Items = IntrusiveList<Item, &Item::hook>;
using OtherItems = IntrusiveList<Item, &Item::other>;

template <class List>
std::vector<int> numbersOf(List const &list) {
    std::vector<int> numbers;
    for (Item const &item : list) numbers.push_back(item.number);
    return numbers;
}

using Numbers = std::vector<int>;

} // namespace

TEST_CASE("IntrusiveList: keeps the order in which elements came, at either end", "[intrusive_list]") {
    Item a(1), b(2), c(3);
    Items list;
    CHECK(list.isEmpty());
    list.pushBack(b);
    list.pushBack(c);
    list.pushFront(a);
    CHECK(numbersOf(list) == Numbers{1, 2, 3});
    CHECK(list.front().number == 1);
    CHECK(list.back().number == 3);
}

TEST_CASE("IntrusiveList: popFront takes elements out one by one and then gives nothing", "[intrusive_list]") {
    Item a(1), b(2);
    Items list;
    list.pushBack(a);
    list.pushBack(b);
    CHECK(list.popFront() == &a);
    CHECK_FALSE(a.hook.isLinked());
    CHECK(list.popFront() == &b);
    CHECK(list.popFront() == nullptr);
    CHECK(list.isEmpty());
}

TEST_CASE("IntrusiveList: any element can be removed, and come back", "[intrusive_list]") {
    Item a(1), b(2), c(3);
    Items list;
    for (Item *item : {&a, &b, &c}) list.pushBack(*item);

    list.remove(b);
    CHECK(numbersOf(list) == Numbers{1, 3});
    list.remove(b);
    CHECK(numbersOf(list) == Numbers{1, 3});
    list.pushBack(b);
    CHECK(numbersOf(list) == Numbers{1, 3, 2});
    list.remove(a);
    list.remove(b);
    list.remove(c);
    CHECK(list.isEmpty());
}

TEST_CASE("IntrusiveList: an element leaves by its hook alone, and when it is destroyed", "[intrusive_list]") {
    Items list;
    Item a(1);
    list.pushBack(a);
    {
        Item b(2);
        list.pushBack(b);
        CHECK(numbersOf(list) == Numbers{1, 2});
    }
    CHECK(numbersOf(list) == Numbers{1});
    a.hook.unlink();
    a.hook.unlink();
    CHECK(list.isEmpty());
}

TEST_CASE("IntrusiveList: an element is in as many lists as it has hooks", "[intrusive_list]") {
    Item a(1), b(2);
    Items first;
    OtherItems second;
    first.pushBack(a);
    first.pushBack(b);
    second.pushBack(b);
    second.pushBack(a);
    CHECK(numbersOf(first) == Numbers{1, 2});
    CHECK(numbersOf(second) == Numbers{2, 1});
    first.remove(a);
    CHECK(a.other.isLinked());
}

TEST_CASE("IntrusiveList: the element stood on may be removed or destroyed while iterating", "[intrusive_list]") {
    std::vector<std::unique_ptr<Item>> owned;
    Items list;
    for (int i = 0; i < 10; ++i) {
        owned.push_back(std::make_unique<Item>(i));
        list.pushBack(*owned.back());
    }
    for (Item &item : list) {
        if (item.number % 2 == 0) owned[static_cast<std::size_t>(item.number)].reset();
    }
    CHECK(numbersOf(list) == Numbers{1, 3, 5, 7, 9});
    for (Item &item : list) list.remove(item);
    CHECK(list.isEmpty());
}

TEST_CASE("IntrusiveList: spliceBack moves all elements behind the others", "[intrusive_list]") {
    std::deque<Item> items;
    for (int i = 0; i < 6; ++i) items.emplace_back(i);
    Items list, other;
    for (std::size_t i = 0; i < 3; ++i) list.pushBack(items[i]);
    for (std::size_t i = 3; i < 6; ++i) other.pushBack(items[i]);

    list.spliceBack(other);
    CHECK(numbersOf(list) == Numbers{0, 1, 2, 3, 4, 5});
    CHECK(other.isEmpty());

    list.spliceBack(other);
    list.spliceBack(list);
    CHECK(numbersOf(list) == Numbers{0, 1, 2, 3, 4, 5});

    other.spliceBack(list);
    CHECK(list.isEmpty());
    CHECK(numbersOf(other) == Numbers{0, 1, 2, 3, 4, 5});
    other.remove(items[0]);
    other.remove(items[5]);
    CHECK(numbersOf(other) == Numbers{1, 2, 3, 4});
}

TEST_CASE("IntrusiveList: elements outlive their list unlinked", "[intrusive_list]") {
    Item a(1);
    {
        Items list;
        list.pushBack(a);
    }
    CHECK_FALSE(a.hook.isLinked());
}
