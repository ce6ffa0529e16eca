package vault

import (
	"container/list"

	"paddock/internal/id"
)

// shelf keeps the clinics used last, up to a bound. Its user holds the lock.
type shelf struct {
	bound int
	order *list.List // of *Clinic, used last in front
	by    map[id.Tenant]*list.Element
}

func newShelf(bound int) *shelf {
	return &shelf{bound: bound, order: list.New(), by: make(map[id.Tenant]*list.Element)}
}

func (s *shelf) get(clinic id.Tenant) *Clinic {
	e := s.by[clinic]
	if e == nil {
		return nil
	}
	s.order.MoveToFront(e)
	return e.Value.(*Clinic)
}

func (s *shelf) put(clinic id.Tenant, c *Clinic) {
	s.drop(clinic)
	s.by[clinic] = s.order.PushFront(c)
	for s.order.Len() > s.bound {
		s.drop(s.order.Back().Value.(*Clinic).id)
	}
}

func (s *shelf) drop(clinic id.Tenant) {
	if e := s.by[clinic]; e != nil {
		s.order.Remove(e)
		delete(s.by, clinic)
	}
}
