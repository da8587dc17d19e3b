package xvidtest

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// World is the source's collection and its clock. It is safe for concurrent use.
//
// Stored records are never changed in place: a change stores a new one. A page
// that was read keeps showing what was true when it was read.
type World struct {
	now func() time.Time

	mu      sync.Mutex
	visible map[string]*Backtrace
	hidden  map[string]*Backtrace // waiting for their VisibleAt
	indexes map[indexKey]*index   // built at their first use, kept up after that
}

// NewWorld returns an empty collection that lives by now. The clock must not call
// the World back.
func NewWorld(now func() time.Time) *World {
	return &World{
		now:     now,
		visible: map[string]*Backtrace{},
		hidden:  map[string]*Backtrace{},
		indexes: map[indexKey]*index{},
	}
}

// Insert adds records as they are; one whose id is there already is replaced.
func (w *World) Insert(b ...Backtrace) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reveal()
	// One sort of everything is cheaper than many insertions into the middle.
	if len(b) > len(w.visible)/8 {
		clear(w.indexes)
	}
	for i := range b {
		w.remove(b[i].ID)
		w.store(b[i].clone())
	}
}

// Update changes a record and sets its updated_at to now, which moves it to the
// list's end. It reports whether the record exists; a change of the id is ignored.
func (w *World) Update(id string, change func(*Backtrace)) bool {
	return w.change(id, func(b *Backtrace) {
		change(b)
		b.UpdatedAt = w.now().UnixMilli()
	})
}

// Finish changes a record and leaves its updated_at, and so its place: what the
// API does when a job ends. It reports whether the record exists; a change of the
// id is ignored.
func (w *World) Finish(id string, change func(*Backtrace)) bool {
	return w.change(id, func(b *Backtrace) {
		updatedAt := b.UpdatedAt
		change(b)
		b.UpdatedAt = updatedAt
	})
}

// Delete removes a record and reports whether it existed.
func (w *World) Delete(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reveal()
	return w.remove(id) != nil
}

// Get returns a copy of a visible record.
func (w *World) Get(id string) (Backtrace, bool) {
	b, ok := w.get(id)
	if !ok {
		return Backtrace{}, false
	}
	return *b.clone(), true
}

// Len is the number of visible records.
func (w *World) Len() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reveal()
	return len(w.visible)
}

// All returns a copy of every visible record, sorted by id.
func (w *World) All() []Backtrace {
	w.mu.Lock()
	w.reveal()
	all := make([]*Backtrace, 0, len(w.visible))
	for _, b := range w.visible {
		all = append(all, b)
	}
	w.mu.Unlock()

	slices.SortFunc(all, func(a, b *Backtrace) int { return cmp.Compare(a.ID, b.ID) })
	return copies(all)
}

// get returns the stored record itself, which nobody may change.
func (w *World) get(id string) (*Backtrace, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reveal()
	b, ok := w.visible[id]
	return b, ok
}

func (w *World) change(id string, change func(*Backtrace)) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reveal()
	old, listed := w.visible[id]
	if !listed {
		old = w.hidden[id]
	}
	if old == nil {
		return false
	}
	b := old.clone()
	change(b)
	b.ID = id
	if listed && !w.early(b) {
		w.visible[id] = b
		for _, x := range w.indexes {
			x.replace(old, b)
		}
		return true
	}
	w.remove(id)
	w.store(b)
	return true
}

// reveal lists the hidden records whose time has come.
func (w *World) reveal() {
	if len(w.hidden) == 0 {
		return
	}
	now := w.now().UnixMilli()
	for id, b := range w.hidden {
		if b.VisibleAt <= now {
			delete(w.hidden, id)
			w.show(b)
		}
	}
}

func (w *World) store(b *Backtrace) {
	if w.early(b) {
		w.hidden[b.ID] = b
		return
	}
	w.show(b)
}

func (w *World) early(b *Backtrace) bool {
	return b.VisibleAt > 0 && b.VisibleAt > w.now().UnixMilli()
}

func (w *World) show(b *Backtrace) {
	w.visible[b.ID] = b
	for _, x := range w.indexes {
		x.add(b)
	}
}

func (w *World) remove(id string) *Backtrace {
	if b := w.hidden[id]; b != nil {
		delete(w.hidden, id)
		return b
	}
	b := w.visible[id]
	if b == nil {
		return nil
	}
	delete(w.visible, id)
	for _, x := range w.indexes {
		x.remove(b)
	}
	return b
}

func copies(records []*Backtrace) []Backtrace {
	out := make([]Backtrace, len(records))
	for i, b := range records {
		out[i] = *b.clone()
	}
	return out
}
