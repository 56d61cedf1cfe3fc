package githubtest

import "slices"

// AddBoard adds a project and returns it as it is now.
func (s *Site) AddBoard(b Board) Board {
	s.change(func() {
		if b.ID == 0 {
			b.ID = s.nextID()
		}
		for _, other := range s.boards {
			if other.Owner == b.Owner {
				b.Number = max(b.Number, other.Number)
			}
		}
		b.Number++
		b.Created, b.Updated = s.now(), s.now()
		s.boards[b.ID] = &b
	})
	return b
}

// EditBoard changes a project.
func (s *Site) EditBoard(id int64, edit func(*Board)) {
	s.change(func() {
		b := *s.boards[id]
		b.Fields = slices.Clone(b.Fields)
		for i := range b.Fields {
			b.Fields[i].Iterations = slices.Clone(b.Fields[i].Iterations)
		}
		edit(&b)
		b.Updated = s.now()
		s.boards[id] = &b
	})
}

// DeleteBoard deletes a project with its items and status updates.
func (s *Site) DeleteBoard(id int64) {
	s.change(func() {
		for _, item := range s.itemsOf[id] {
			delete(s.items, item)
		}
		delete(s.itemsOf, id)
		delete(s.updates, id)
		delete(s.boards, id)
	})
}

// touch moves a board's time of change.
func (s *Site) touch(board int64) {
	b := *s.boards[board]
	b.Updated = s.now()
	s.boards[board] = &b
}

// AddItem adds a row to a board and returns it as it is now.
func (s *Site) AddItem(i Item) Item {
	s.change(func() {
		i.ID = s.nextID()
		i.Created, i.Updated = s.now(), s.now()
		s.items[i.ID] = &i
		s.itemsOf[i.Board] = append(s.itemsOf[i.Board], i.ID)
		s.touch(i.Board)
	})
	return i
}

// EditItem changes a row of a board.
func (s *Site) EditItem(id int64, edit func(*Item)) {
	s.change(func() {
		i := *s.items[id]
		edit(&i)
		i.Updated = s.now()
		s.items[id] = &i
		s.touch(i.Board)
	})
}

// DeleteItem takes a row off its board.
func (s *Site) DeleteItem(id int64) {
	s.change(func() {
		of := s.items[id].Board
		s.itemsOf[of] = slices.DeleteFunc(slices.Clone(s.itemsOf[of]), func(o int64) bool { return o == id })
		delete(s.items, id)
		s.touch(of)
	})
}

// AddStatusUpdate adds a report on a board.
func (s *Site) AddStatusUpdate(u StatusUpdate) StatusUpdate {
	s.change(func() {
		u.ID = s.nextID()
		u.Created, u.Updated = s.now(), s.now()
		s.updates[u.Board] = append(s.updates[u.Board], &u)
		s.touch(u.Board)
	})
	return u
}

// DeleteStatusUpdate deletes a report.
func (s *Site) DeleteStatusUpdate(board, id int64) {
	s.change(func() {
		s.updates[board] = slices.DeleteFunc(slices.Clone(s.updates[board]), func(u *StatusUpdate) bool { return u.ID == id })
		s.touch(board)
	})
}
